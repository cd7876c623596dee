import { writeFileWhole } from "../files/write-file.ts";
import { writeTensors } from "../files/write-tensors.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import type { WriteOptions } from "../tensors/write-options.ts";
import { encodeHeader } from "./encode-header.ts";

/** What `writeSafetensors` takes beside the tensors. */
export interface WriteSafetensorsOptions extends WriteOptions {
  /** Texts under `__metadata__`; `format: "pt"` by default, which transformers asks for. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/**
 * Writes one safetensors file. Tensors are read row by row; the file gets its name once it is whole.
 *
 * @param path - the file
 * @param tensors - in the order that the file shall have
 * @param options - `metadata`, `signal`, `onProgress`, `overwrite`
 * @throws WeightsError `OUTPUT_EXISTS`, `CANNOT_WRITE`, `UNSUPPORTED`, and what reading the tensors throws
 * @example
 * ```ts
 * const model = await openSafetensors("Llama-2-7b-hf");
 * await writeSafetensors("whole.safetensors", model.tensors.values());
 * await model.close();
 * ```
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<TensorSource>,
  options: WriteSafetensorsOptions = {},
): Promise<void> {
  const list = [...tensors];
  const header = encodeHeader(list, options.metadata ?? { format: "pt" });
  await writeFileWhole(path, options, async (write) => {
    await write(header.bytes);
    const { length } = header.bytes;
    await writeTensors(list, write, {
      ...options,
      alignment: 1,
      done: length,
      total: header.fileBytes,
    });
  });
}
