import type { Row } from "../data/row.ts";
import type { Engine } from "../ggml/engine.ts";
import { type DescribeGraph, type Graph, GraphRunner } from "../ggml/graph-runner.ts";
import type { Tensor } from "../ggml/handles.ts";
import { TensorMemory } from "../ggml/tensor-memory.ts";
import { AdamW, type AdamWSettings } from "../optimizer/adamw.ts";
import { block } from "./block.ts";
import { embed, embedBack } from "./embedding.ts";
import type { FrozenWeights } from "./frozen-weights.ts";
import { head } from "./head.ts";
import type { Parameters } from "./parameters.ts";
import type { Model, Pass } from "./pass.ts";
import { RowInputs } from "./row-inputs.ts";
import type { ModelSizes } from "./sizes.ts";

/** Operations of a block's way forward and back at most, adapters and casts included, but not those of its spans. */
const BLOCK_OPERATIONS = 400;
/** Operations of a block within one span of the row. */
const SPAN_OPERATIONS = 100;
/** Operations of the head for one piece of tokens at most, and of what is around the blocks. */
const HEAD_OPERATIONS = 100;

/** What a trainer is made of; it takes ownership of all of it but the engine. */
export interface TrainerParts {
  readonly engine: Engine;
  readonly sizes: ModelSizes;
  readonly frozen: FrozenWeights;
  readonly parameters: Parameters;
  /** Effect of an adapter: alpha / rank. */
  readonly adapterScale: number;
  /** Tokens of a row at most. */
  readonly mostTokens: number;
}

/** Forward, back and update of a Llama, in process: rows go in, their gradients add up, and a step takes them. */
export class Trainer {
  readonly sizes: ModelSizes;
  readonly parameters: Parameters;
  readonly #parts: TrainerParts;
  readonly #model: Model;
  readonly #inputs: RowInputs;
  readonly #runner: GraphRunner;
  readonly #optimizer: AdamW;
  readonly #trainsEmbeddings: boolean;
  /** Between segments: the residual stream before each, and the gradient that comes back. Empty for one segment. */
  #boundaries: Tensor[] = [];
  #boundaryMemory: TensorMemory | undefined;
  /** Layers of which the way forward is kept in memory until its way back. */
  #segments: [first: number, end: number][];

  constructor(parts: TrainerParts) {
    const { engine, sizes, frozen, parameters, adapterScale, mostTokens } = parts;
    this.#parts = parts;
    this.sizes = sizes;
    this.parameters = parameters;
    this.#model = {
      sizes,
      adapterScale,
      parameter: (name) => parameters.get(name),
      tensor: (name) => (parameters.get(name)?.weights ?? frozen.get(name)) as Tensor,
      asF32: (graph, name) =>
        (parameters.get(name)?.weights ?? frozen.asF32(graph, name)) as Tensor,
    };
    this.#inputs = new RowInputs(engine.device, mostTokens, sizes.vocabulary);
    this.#runner = new GraphRunner(engine.device, () => engine.products.forget());
    this.#optimizer = new AdamW(engine.device, this.#runner, parameters);
    this.#trainsEmbeddings = parameters.get("token_embd.weight") !== undefined;
    this.#segments = [[0, sizes.layers]];
  }

  /** Bytes of working memory with all layers kept until the way back, and with one at a time. */
  measure(): { whole: number; checkpointed: number } {
    const { layers, width } = this.sizes;
    const whole = this.#measureSegments([[0, layers]]);
    const boundaries = (layers + 1) * width * this.#parts.mostTokens * 4;
    return { whole, checkpointed: this.#measureSegments(perLayer(layers)) + boundaries };
  }

  #measureSegments(segments: readonly [number, number][]): number {
    const [first, last] = [segments[0], segments.at(-1)] as [[number, number], [number, number]];
    const most = this.#operations(last);
    const size = this.#runner.measure(most, this.#describeLast(last, 1));
    if (segments.length === 1) return size;
    return Math.max(size, this.#runner.measure(most, this.#describeBack(first, true)));
  }

  /**
   * Takes the working memory. With `checkpointing`, the way forward of one layer at a time is in memory, and
   * computed once more for the way back: a third more work.
   *
   * @throws TrainingError `OUT_OF_MEMORY`
   */
  reserve(checkpointing: boolean): void {
    const { layers, width } = this.sizes;
    this.#segments = checkpointing ? perLayer(layers) : [[0, layers]];
    if (checkpointing) {
      const { engine, mostTokens } = this.#parts;
      this.#boundaryMemory = new TensorMemory(engine.device, layers + 1, "the layers' inputs");
      const declare = () => (this.#boundaryMemory as TensorMemory).declare([width, mostTokens]);
      this.#boundaries = Array.from({ length: layers + 1 }, declare);
      this.#boundaryMemory.allocate();
    }
    const last = this.#segments.at(-1) as [number, number];
    const first = this.#segments[0] as [number, number];
    this.#runner.reserve(this.#operations(last), this.#describeLast(last, 1));
    if (checkpointing) this.#runner.reserve(this.#operations(first), this.#describeBack(first));
  }

  /** Bytes of working memory taken. */
  get workingBytes(): number {
    return this.#runner.bytes;
  }

  /**
   * Adds a row's gradients to those of before.
   *
   * @param weight - of each learned token: one divided by those of the whole step
   * @returns the sum of the learned tokens' losses
   */
  accumulate(row: Row, weight: number): number {
    this.#forward(row);
    const last = this.#segments.at(-1) as [number, number];
    this.#run(last, this.#describeLast(last, weight));
    for (const segment of this.#segments.slice(0, -1).reverse()) {
      this.#run(segment, this.#describeBack(segment));
    }
    return this.#inputs.readLoss();
  }

  /** The sum of a row's learned tokens' losses. */
  evaluate(row: Row): number {
    this.#forward(row);
    const last = this.#segments.at(-1) as [number, number];
    this.#run(last, this.#describeLast(last, undefined));
    return this.#inputs.readLoss();
  }

  /** Steps along the gradients, and clears them. Returns their norm. */
  step(number: number, settings: AdamWSettings): number {
    return this.#optimizer.step(number, settings);
  }

  #forward(row: Row): void {
    this.#inputs.set(row);
    for (const segment of this.#segments.slice(0, -1)) {
      this.#run(segment, (graph) => {
        const pass = this.#pass(graph);
        const { y } = this.#blocks(pass, segment);
        graph.compute(graph.operations.copy(y, this.#boundary(graph, segment[1])));
      });
    }
  }

  /** The last segment: forward, the head, and back at once. */
  #describeLast(segment: [number, number], weight: number | undefined): DescribeGraph {
    return (graph) => {
      const pass = this.#pass(graph);
      const blocks = this.#blocks(pass, segment);
      const dy = head(pass, blocks.y, this.#inputs.forHead(graph), weight);
      if (dy) this.#back(pass, segment, blocks.back, dy);
    };
  }

  /** A segment before the last: forward once more, and back. */
  #describeBack(segment: [number, number], measuring = false): DescribeGraph {
    return (graph) => {
      const pass = this.#pass(graph);
      const blocks = this.#blocks(pass, segment);
      const dy = measuring ? blocks.y : this.#boundary(graph, this.sizes.layers);
      this.#back(pass, segment, blocks.back, dy);
    };
  }

  #back(
    pass: Pass,
    [first]: [number, number],
    back: (dy: Tensor) => Tensor | undefined,
    dy: Tensor,
  ): void {
    const { graph } = pass;
    const dx = back(dy);
    if (!dx) return;
    if (first === 0) embedBack(pass, this.#inputs.forEmbedding(graph), dx);
    // The gradient takes the place behind the last layer's input, which nobody else needs.
    else if (this.#boundaries.length > 0) {
      graph.compute(graph.operations.copy(dx, this.#boundary(graph, this.sizes.layers)));
    } else graph.compute(dx);
  }

  #blocks(
    pass: Pass,
    [first, end]: [number, number],
  ): { y: Tensor; back(dy: Tensor): Tensor | undefined } {
    const { graph } = pass;
    let y =
      first === 0 || this.#boundaries.length === 0
        ? embed(pass, this.#inputs.forEmbedding(graph))
        : this.#boundary(graph, first);
    const backs: ((dy: Tensor, wantsInput: boolean) => Tensor | undefined)[] = [];
    for (let layer = first; layer < end; layer++) {
      const part = block(pass, layer, y);
      y = part.y;
      backs.push(part.back);
    }
    return {
      y,
      back: (dy) => {
        let d: Tensor | undefined = dy;
        for (let layer = end - 1; layer >= first && d; layer--) {
          d = backs[layer - first]?.(d, layer > 0 || this.#trainsEmbeddings);
        }
        return d;
      },
    };
  }

  #pass(graph: Graph): Pass {
    return {
      graph,
      products: this.#parts.engine.products,
      softMaxBack: this.#parts.engine.softMaxBack,
      model: this.#model,
      tokens: this.#inputs.tokens,
      ...this.#inputs.forPass(graph),
    };
  }

  /** The residual stream before a layer, of as many tokens as the row has. */
  #boundary({ operations: op }: Graph, layer: number): Tensor {
    const { width } = this.sizes;
    const tensor = this.#boundaries[layer] as Tensor;
    return op.view2d(tensor, width, this.#inputs.tokens, width * 4, 0);
  }

  #run(segment: [number, number], describe: DescribeGraph): void {
    this.#runner.run(this.#operations(segment), describe);
  }

  #operations([first, end]: [number, number]): number {
    const pieces = Math.ceil(this.#parts.mostTokens / 128) + 1;
    const perBlock = BLOCK_OPERATIONS + this.#inputs.spans * SPAN_OPERATIONS;
    return (end - first) * perBlock + pieces * HEAD_OPERATIONS;
  }

  dispose(): void {
    this.#optimizer.dispose();
    this.#runner.dispose();
    this.#inputs.dispose();
    this.#boundaryMemory?.dispose();
    this.#parts.parameters.dispose();
    this.#parts.frozen.dispose();
  }
}

/** Each layer on its own. */
function perLayer(layers: number): [number, number][] {
  return Array.from({ length: layers }, (_, layer) => [layer, layer + 1]);
}
