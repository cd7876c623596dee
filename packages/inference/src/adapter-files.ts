import { type AdapterBase, checkAdapterFile } from "./adapter-file.ts";
import type { CheckedAdapterSource } from "./adapter-source.ts";
import type { AdapterFile } from "./adapters.ts";
import type { DownloadOptions } from "./download.ts";
import { findModelFile } from "./model-file.ts";

/**
 * Finds the files of adapters, downloading them where they are URIs, and checks that they are for a model.
 *
 * @throws InferenceError as {@link checkAdapterFile} does, `DOWNLOAD_FAILED` or `DOWNLOAD_CORRUPT`
 */
export async function findAdapterFiles(
  sources: readonly CheckedAdapterSource[],
  base: AdapterBase,
  options: DownloadOptions,
  warn: (warning: string) => void,
): Promise<AdapterFile[]> {
  const files: AdapterFile[] = [];
  for (const { name, path: source, scale } of sources) {
    const path = await findModelFile(source, options);
    const { ignored } = await checkAdapterFile(path, base);
    if (ignored.length > 0) {
      warn(
        `The adapter ${path} has trained norms (${ignored.length}, such as ${ignored[0]}), which llama.cpp leaves out: ` +
          "its answers may differ from those of where it was trained. Merge it into its base model to keep them.",
      );
    }
    files.push({ name, path, scale });
  }
  return files;
}
