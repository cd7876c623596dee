import { fileTensor } from "../files/file-tensor.ts";
import { type OpenFile, openFile, readBytes } from "../files/open-file.ts";
import type { LlamaConfig } from "../hugging-face/llama-config.ts";
import { askedRows } from "../tensors/asked-rows.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";
import { countValues, type TensorSource, tensorBytes } from "../tensors/tensor-source.ts";
import { damaged, type Llama2cHeader, readHeader } from "./header.ts";
import { type PlacedTensor, placeTensors } from "./layout.ts";

/** A llama2.c checkpoint, open; its tensors have the names of a GGUF. */
export interface Llama2cModel extends ModelWeights {
  readonly config: LlamaConfig;
}

/**
 * Opens a checkpoint of llama2.c: of `run.c`, with or without the newer header, or of `runq.c` in 8 bits.
 * Tensors are F32, and read when asked for.
 *
 * @param path - the `.bin` file
 * @returns the model, to be closed
 * @throws WeightsError `NOT_FOUND`, `BAD_LLAMA2C` or `UNSUPPORTED`
 * @example
 * ```ts
 * const model = await openLlama2c("stories15M.bin");
 * console.log(model.config.layers); // 6
 * await model.close();
 * ```
 */
export async function openLlama2c(path: string): Promise<Llama2cModel> {
  const file = await openFile(path);
  try {
    const header = readHeader(await readBytes(file, 0, Math.min(256, file.size)), path);
    const { tensors, fileBytes } = placeTensors(header);
    if (fileBytes !== file.size) {
      throw damaged(path, `it has ${file.size} bytes, and should have ${fileBytes} by its header`);
    }
    return {
      format: "llama2c",
      metadata: new Map(),
      config: header.config,
      tensors: new Map(tensors.map((tensor) => [tensor.name, toSource(file, tensor, header)])),
      close: () => file.handle.close(),
    };
  } catch (error) {
    await file.handle.close();
    throw error;
  }
}

function toSource(
  file: OpenFile,
  tensor: PlacedTensor,
  { groupSize }: Llama2cHeader,
): TensorSource {
  const { name, shape, start, isQuantised } = tensor;
  const facts = { name, shape, type: "F32", byteLength: tensorBytes("F32", shape) } as const;
  if (!isQuantised) return fileTensor(file, start, facts);
  const scalesStart = start + countValues(shape);
  return {
    ...facts,
    async read(offset, length, into = new Uint8Array(length)) {
      askedRows(facts, offset, length);
      const first = offset / 4;
      const count = length / 4;
      const levels = new Int8Array((await readBytes(file, start + first, count)).buffer);
      const firstGroup = first / groupSize;
      const groups = count / groupSize;
      const scales = await readBytes(file, scalesStart + firstGroup * 4, groups * 4);
      const view = new DataView(scales.buffer);
      const out = new DataView(into.buffer, into.byteOffset, length);
      for (let index = 0; index < count; index++) {
        const group = Math.floor(index / groupSize);
        out.setFloat32(
          index * 4,
          (levels[index] as number) * view.getFloat32(group * 4, true),
          true,
        );
      }
      return into.subarray(0, length);
    },
  };
}
