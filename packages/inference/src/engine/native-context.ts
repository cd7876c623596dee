import type { LlamaContext } from "node-llama-cpp";
import { incompatible, type SampledContext } from "../sampling/native-sampler.ts";

/** Tokens of one sequence, to be evaluated in a batch. */
export interface BatchPart {
  /** The sequence's number, from 0. */
  readonly sequence: number;
  /** Place of the first token in its sequence, from 0. */
  readonly position: number;
  readonly tokens: readonly number[];
  /** Whether a token is to be sampled after the last one. */
  readonly wantsLogits: boolean;
}

/** LoRA adapters that act together, as llama.cpp takes them. */
export interface NativeAdapters {
  /** The same for the same adapters with the same scales, and "" for none: such generations can share a batch. */
  readonly key: string;
  readonly loras: readonly object[];
  /** One for each of `loras`. */
  readonly scales: readonly number[];
}

/** No adapters: the model as it is. */
export const NO_ADAPTERS: NativeAdapters = { key: "", loras: [], scales: [] };

/** What this uses of node-llama-cpp's own binding to a llama.cpp context. */
export interface AddonContext extends SampledContext {
  initBatch(size: number): void;
  addToBatch(
    sequence: number,
    position: number,
    tokens: Uint32Array,
    logitIndexes: Uint32Array,
  ): Uint32Array;
  decodeBatch(): Promise<void>;
  removeTokenCellsFromSequence(sequence: number, start: number, end: number): boolean;
  setLoras(loras: readonly object[], scales: readonly number[]): void;
  saveSequenceStateToFile(path: string, sequence: number, tokens: Uint32Array): Promise<number>;
  loadSequenceStateFromFile(path: string, sequence: number, size: number): Promise<Uint32Array>;
}

const USED_METHODS: readonly (keyof AddonContext)[] = [
  "initBatch",
  "addToBatch",
  "decodeBatch",
  "removeTokenCellsFromSequence",
  "sampleToken",
  "setLoras",
  "saveSequenceStateToFile",
  "loadSequenceStateFromFile",
];

const NO_LOGITS = new Uint32Array(0);

/**
 * A llama.cpp context, batch by batch. node-llama-cpp's own sequences gather their batches by timers, which leaves
 * one sequence out of most of them, and cost more time per token; so this talks to the binding underneath.
 *
 * The binding is not thread-safe: while `decode`, `save` or `load` runs, nothing else may be called.
 */
export class NativeContext {
  /** Most tokens in a batch. */
  readonly batchSize: number;
  /** node-llama-cpp's binding, for what samples from it. */
  readonly addon: AddonContext;
  #adapters = NO_ADAPTERS;

  /** @throws InferenceError `ENGINE_INCOMPATIBLE` */
  constructor(context: LlamaContext) {
    this.batchSize = context.batchSize;
    this.addon = findAddon(context);
  }

  /** Evaluates a batch. Returns, for each part that wants them, the index of its logits; -1 for the others. */
  async decode(parts: readonly BatchPart[]): Promise<number[]> {
    this.addon.initBatch(parts.reduce((sum, part) => sum + part.tokens.length, 0));
    const indexes = parts.map(({ sequence, position, tokens, wantsLogits }) => {
      const logits = wantsLogits ? Uint32Array.of(tokens.length - 1) : NO_LOGITS;
      return this.addon.addToBatch(sequence, position, Uint32Array.from(tokens), logits)[0] ?? -1;
    });
    await this.addon.decodeBatch();
    return indexes;
  }

  /** Drops what a sequence holds from a position on. Returns whether that worked. */
  truncate(sequence: number, length: number): boolean {
    return this.addon.removeTokenCellsFromSequence(sequence, length, -1);
  }

  /** Has the batches that follow evaluated with these adapters. */
  useAdapters(adapters: NativeAdapters): void {
    if (adapters.key === this.#adapters.key) return;
    this.addon.setLoras(adapters.loras, adapters.scales);
    this.#adapters = adapters;
  }

  /** Writes a sequence's state to a file. */
  async save(path: string, sequence: number, tokens: readonly number[]): Promise<void> {
    await this.addon.saveSequenceStateToFile(path, sequence, Uint32Array.from(tokens));
  }

  /** Reads a sequence's state from a file; returns its tokens. */
  async load(path: string, sequence: number, mostTokens: number): Promise<number[]> {
    return Array.from(await this.addon.loadSequenceStateFromFile(path, sequence, mostTokens));
  }
}

function findAddon(context: LlamaContext): AddonContext {
  const { _ctx: addon } = context as unknown as { _ctx?: Partial<AddonContext> };
  const missing = USED_METHODS.find((method) => typeof addon?.[method] !== "function");
  if (addon && missing === undefined) return addon as AddonContext;
  throw incompatible(missing ?? "the native context");
}
