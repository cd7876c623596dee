import { writeFileWhole } from "../files/write-file.ts";
import { writeTensors } from "../files/write-tensors.ts";
import type { Metadata } from "../tensors/metadata.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import type { WriteOptions } from "../tensors/write-options.ts";
import { encodeHeader } from "./encode-header.ts";

/**
 * Writes a GGUF file of version 3. Tensors are read row by row, so that a model larger than memory can be
 * written; the file gets its name once it is whole.
 *
 * @param path - the file
 * @param model - its metadata, and its tensors in the order that the file shall have
 * @param options - `signal`, `onProgress`, `overwrite`
 * @throws WeightsError `OUTPUT_EXISTS`, `CANNOT_WRITE`, `UNSUPPORTED`, and what reading the tensors throws
 * @example
 * ```ts
 * const model = await openGguf("llama-2-7b.gguf");
 * await writeGguf("copy.gguf", { metadata: model.metadata, tensors: model.tensors.values() });
 * await model.close();
 * ```
 */
export async function writeGguf(
  path: string,
  model: { readonly metadata: Metadata; readonly tensors: Iterable<TensorSource> },
  options: WriteOptions = {},
): Promise<void> {
  const tensors = [...model.tensors];
  const header = encodeHeader(model.metadata, tensors);
  await writeFileWhole(path, options, async (write) => {
    await write(header.bytes);
    await writeTensors(tensors, write, {
      ...options,
      alignment: header.alignment,
      done: header.bytes.length,
      total: header.fileBytes,
    });
  });
}
