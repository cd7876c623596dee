import { attentionMask, type Row, splitRow } from "../data/row.ts";
import type { Device } from "../ggml/device.ts";
import type { Graph } from "../ggml/graph-runner.ts";
import { F32, I32, I64, type Tensor } from "../ggml/handles.ts";
import { readTensor, TensorMemory, writeTensor } from "../ggml/tensor-memory.ts";
import type { EmbeddingInputs } from "./embedding.ts";
import { HEAD_TOKENS, type HeadPiece } from "./head.ts";
import type { Pass } from "./pass.ts";

type InputName =
  | "ids"
  | "positions"
  | "mask"
  | "ones"
  | "pieces"
  | "pieces64"
  | "membership"
  | "learned"
  | "learned64"
  | "labels"
  | "labels64"
  | "probabilities";

/** What graphs take in of a row, in a device's memory, and the probabilities that they put out. */
export class RowInputs {
  readonly #device: Device;
  readonly #memory: TensorMemory;
  readonly #vocabulary: number;
  readonly #tensors: Record<InputName, Tensor>;
  #row: Pick<Row, "ids" | "learned"> & {
    readonly spans: readonly (readonly [start: number, end: number])[];
    readonly pieces: number;
  };

  /** @param most - tokens of a row at most, a whole number of steps */
  constructor(device: Device, most: number, vocabulary: number) {
    this.#device = device;
    this.#vocabulary = vocabulary;
    const memory = new TensorMemory(device, 12, "a row of tokens");
    this.#tensors = {
      ids: memory.declare([most], I32),
      positions: memory.declare([most], I32),
      mask: memory.declare([most * most], F32),
      ones: memory.declare([most], F32),
      pieces: memory.declare([most], I32),
      pieces64: memory.declare([most], I64),
      membership: memory.declare([most * most], F32),
      learned: memory.declare([most], I32),
      learned64: memory.declare([most], I64),
      labels: memory.declare([most], I32),
      labels64: memory.declare([most], I64),
      probabilities: memory.declare([most], F32),
    };
    memory.allocate();
    memory.clear();
    this.#memory = memory;
    // As large as any: what graphs are measured with.
    this.#row = {
      ids: new Int32Array(most),
      learned: new Int32Array(most),
      spans: [[0, most]],
      pieces: most,
    };
    this.#write("ones", new Float32Array(most).fill(1));
  }

  /** Takes in a row. */
  set(row: Row): void {
    const pieces = [...new Set(row.ids)];
    const indexes = new Map(pieces.map((id, index) => [id, index]));
    const membership = new Float32Array(pieces.length * row.ids.length);
    for (const [token, id] of row.ids.entries()) {
      membership[token * pieces.length + (indexes.get(id) as number)] = 1;
    }
    const labels = row.labels.map((id, index) => (index % HEAD_TOKENS) * this.#vocabulary + id);
    this.#write("ids", row.ids);
    this.#write("positions", row.positions);
    this.#write("mask", attentionMask(row));
    this.#write("pieces", Int32Array.from(pieces));
    this.#write("pieces64", BigInt64Array.from(pieces, BigInt));
    this.#write("membership", membership);
    this.#write("learned", row.learned);
    this.#write("learned64", toI64(row.learned));
    this.#write("labels", labels);
    this.#write("labels64", toI64(labels));
    this.#row = {
      ids: row.ids,
      learned: row.learned,
      spans: splitRow(row),
      pieces: pieces.length,
    };
  }

  /** Tokens of the row. */
  get tokens(): number {
    return this.#row.ids.length;
  }

  /** Parts of the row that are attended on their own. */
  get spans(): number {
    return this.#row.spans.length;
  }

  /** The row's tensors for a graph's {@link Pass}. */
  forPass({ operations: op }: Graph): Pick<Pass, "positions" | "spans" | "ones"> {
    const { positions, mask, ones } = this.#tensors;
    const rowBytes = this.tokens * 4;
    const spans = this.#row.spans.map(([start, end]) => {
      const length = end - start;
      const part = op.view2d(mask, length, length, rowBytes, start * (rowBytes + 4));
      return { start, length, mask: op.contiguous(part) };
    });
    return { positions: op.view1d(positions, this.tokens, 0), spans, ones };
  }

  /** The row's tensors for looking embeddings up, and for their gradient. */
  forEmbedding({ operations: op }: Graph): EmbeddingInputs {
    const { pieces: count } = this.#row;
    const { ids, pieces, pieces64, membership } = this.#tensors;
    return {
      ids: op.view1d(ids, this.tokens, 0),
      pieces: op.view1d(pieces, count, 0),
      pieces64: op.view1d(pieces64, count, 0),
      membership: op.view2d(membership, count, this.tokens, count * 4, 0),
    };
  }

  /** The tokens that carry loss, in pieces. */
  forHead({ operations: op }: Graph): HeadPiece[] {
    const { learned, learned64, labels, labels64, probabilities } = this.#tensors;
    const all = this.#row.learned.length;
    const pieces: HeadPiece[] = [];
    for (let start = 0; start < all; start += HEAD_TOKENS) {
      const count = Math.min(HEAD_TOKENS, all - start);
      pieces.push({
        count,
        rows: op.view1d(learned, count, start * 4),
        rows64: op.view1d(learned64, count, start * 8),
        labels: op.view1d(labels, count, start * 4),
        labels64: op.view1d(labels64, count, start * 8),
        probabilities: op.view2d(probabilities, 1, count, 4, start * 4),
      });
    }
    return pieces;
  }

  /** The sum of the cross-entropies of the tokens that carry loss, once a graph has put out their probabilities. */
  readLoss(): number {
    const probabilities = readTensor(
      this.#device,
      this.#tensors.probabilities,
      this.#row.learned.length,
    );
    let loss = 0;
    for (const probability of probabilities) loss -= Math.log(Math.max(probability, SMALLEST));
    return loss;
  }

  #write(name: InputName, numbers: Float32Array | Int32Array | BigInt64Array) {
    writeTensor(this.#device, this.#tensors[name], numbers);
  }

  dispose(): void {
    this.#memory.dispose();
  }
}

/** F32's smallest normal number: what is less likely was rounded to zero. */
const SMALLEST = 2 ** -126;

function toI64(numbers: Int32Array): BigInt64Array {
  return BigInt64Array.from(numbers, BigInt);
}

/** Bytes that a row of so many tokens takes. */
export function rowBytes(most: number): number {
  return most * most * 2 * 4 + most * 4 * 12;
}
