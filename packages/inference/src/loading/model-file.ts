import { basename, resolve } from "node:path";
import { type DownloadOptions, download } from "./download.ts";

const URI = /^(hf|huggingface|https?):/;

/**
 * Returns the path of a GGUF file, having downloaded it where it is a URI that is not in the cache. `loadModel` does so by
 * itself; this is for who wants to look at a file before it is loaded.
 *
 * @param model - a path or a URI, as `loadModel` takes it
 * @throws InferenceError `DOWNLOAD_FAILED` or `DOWNLOAD_CORRUPT`
 *
 * @example
 * ```ts
 * const path = await findModelFile("hf:TheBloke/Llama-2-7B-Chat-GGUF:Q4_K_M");
 * const { fit } = await inspectModel(path);
 * ```
 */
export function findModelFile(model: string, options: DownloadOptions = {}): Promise<string> {
  return URI.test(model) ? download(model, options) : Promise.resolve(resolve(model));
}

/** A model's name where none is given: its file's, without ending and part number. */
export function nameOfFile(path: string): string {
  return basename(path).replace(/(-\d{5}-of-\d{5})?\.gguf$/i, "");
}
