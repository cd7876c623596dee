import { layoutOf, type ModelWeights, readRows, type TensorSource } from "@llama2-kit/weights";
import { TrainingError } from "../error.ts";
import type { Device } from "../ggml/device.ts";
import type { Graph } from "../ggml/graph-runner.ts";
import { F32, I32, type Tensor } from "../ggml/handles.ts";
import { TensorMemory, writeTensor } from "../ggml/tensor-memory.ts";

/** Types that ggml can turn into F32 on every device. */
const TYPES: readonly string[] = [
  "F32",
  "F16",
  "BF16",
  "Q8_0",
  "Q4_0",
  "Q4_1",
  "Q5_0",
  "Q5_1",
  "Q2_K",
  "Q3_K",
  "Q4_K",
  "Q5_K",
  "Q6_K",
];

interface Frozen {
  readonly tensor: Tensor;
  readonly source: TensorSource;
}

/** The model's tensors that stay as they are, of the types that they have in the file. */
export class FrozenWeights {
  readonly #device: Device;
  readonly #memory: TensorMemory;
  readonly #tensors = new Map<string, Frozen>();
  /** I32 `0, 1, 2, …`: all rows of a tensor. */
  readonly #everyRow: Tensor;
  readonly #mostRows: number;

  /** @throws TrainingError `UNSUPPORTED_MODEL` or `OUT_OF_MEMORY` */
  constructor(device: Device, sources: readonly TensorSource[]) {
    this.#device = device;
    this.#memory = new TensorMemory(device, sources.length + 1, "the model");
    for (const source of sources) {
      const { ggml } = layoutOf(source.type);
      if (ggml === undefined || !TYPES.includes(source.type)) {
        throw new TrainingError(
          "UNSUPPORTED_MODEL",
          `${source.name} is of type ${source.type}, which cannot be trained on. Known are ${TYPES.join(", ")}.`,
        );
      }
      const tensor = this.#memory.declare([...source.shape].reverse(), ggml);
      this.#tensors.set(source.name, { tensor, source });
    }
    this.#mostRows = Math.max(
      1,
      ...sources.map(({ shape }) => (shape.length > 1 ? (shape[0] ?? 1) : 1)),
    );
    this.#everyRow = this.#memory.declare([this.#mostRows], I32);
    this.#memory.allocate();
  }

  /** Reads the tensors from their files. */
  async load(signal?: AbortSignal): Promise<void> {
    writeTensor(
      this.#device,
      this.#everyRow,
      Int32Array.from({ length: this.#mostRows }, (_, i) => i),
    );
    for (const { tensor, source } of this.#tensors.values()) {
      let offset = 0;
      for await (const { bytes } of readRows(source, { signal })) {
        writeTensor(this.#device, tensor, bytes, offset);
        offset += bytes.length;
      }
    }
  }

  get(name: string): Tensor | undefined {
    return this.#tensors.get(name)?.tensor;
  }

  /** A tensor as F32: itself, or a copy made in the graph. */
  asF32({ operations: op }: Graph, name: string): Tensor | undefined {
    const frozen = this.#tensors.get(name);
    if (!frozen) return undefined;
    const { tensor, source } = frozen;
    if (source.type === "F32") return tensor;
    if (source.type === "F16" || source.type === "BF16") return op.cast(tensor, F32);
    // Of all operations that dequantise, this one is there for every type on every device.
    return op.getRows(tensor, op.view1d(this.#everyRow, source.shape[0] ?? 1, 0));
  }

  dispose(): void {
    this.#memory.dispose();
  }
}

/** Bytes that tensors take. */
export function frozenBytes(weights: ModelWeights, names: Iterable<string>): number {
  let bytes = 0;
  for (const name of names) bytes += weights.tensors.get(name)?.byteLength ?? 0;
  return bytes;
}
