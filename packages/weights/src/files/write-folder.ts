import { existsSync, renameSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { WeightsError } from "../error.ts";
import type { WriteOptions } from "../tensors/write-options.ts";
import { removePartial, temporaryName, withPartial } from "./partial-files.ts";
import { attempt, EXISTS, outputExists } from "./write-file.ts";

/**
 * Writes a folder under a temporary name beside its own, and gives it its name once it is whole.
 * What fails or is aborted leaves nothing behind, and a folder of before as it was. Of those, only ones with a model
 * and nothing else are replaced.
 *
 * @param write - writes the files into the folder that it is given
 * @throws WeightsError `OUTPUT_EXISTS` or `CANNOT_WRITE`
 */
export async function writeFolderWhole(
  path: string,
  options: Pick<WriteOptions, "signal" | "overwrite">,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  options.signal?.throwIfAborted();
  await refuseToReplace(path, options.overwrite);
  const temporary = temporaryName(path);
  await withPartial(temporary, async () => {
    try {
      await attempt(path, () => mkdir(temporary));
      await write(temporary);
      options.signal?.throwIfAborted();
      await refuseToReplace(path, options.overwrite);
      await attempt(path, () => replaceFolder(path, temporary));
    } catch (error) {
      throw renamePaths(error, temporary, path);
    }
  });
}

/**
 * Gives a folder another's name. That one steps aside first, as none can be renamed onto one that has files. At once, so
 * that nothing which ends the process comes between.
 */
async function replaceFolder(path: string, temporary: string): Promise<void> {
  const former = temporaryName(path);
  const steppedAside = existsSync(path);
  if (steppedAside) renameSync(path, former);
  try {
    renameSync(temporary, path);
  } catch (error) {
    if (steppedAside) renameSync(former, path);
    throw error;
  }
  await removePartial(former);
}

/** An error as one of the folder that was asked for: nobody knows of the other, and it is gone. */
function renamePaths(error: unknown, from: string, to: string): unknown {
  if (!WeightsError.isInstance(error) || !error.path?.startsWith(from)) return error;
  const { code, message, cause } = error;
  const path = to + error.path.slice(from.length);
  return new WeightsError(code, message.replaceAll(from, to), { path, cause });
}

/** What tells that a folder holds a model or an adapter and nothing else, as those do that are written here. */
const MARKS: readonly string[] = ["config.json", "adapter_config.json"];

/** A folder is replaced as a whole: one that holds more than a model must not go, whoever asks. */
async function refuseToReplace(path: string, overwrite = false): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw outputExists(path, "is no folder that can be replaced. Choose another name");
    },
  );
  if (entries.length === 0) return;
  if (!overwrite) throw outputExists(path, EXISTS);
  const other = entries.find((entry) => entry.isDirectory() || entry.name.endsWith(".gguf"));
  if (other === undefined && entries.some(({ name }) => MARKS.includes(name))) return;
  const what = other === undefined ? "no model" : `${other.name} as well`;
  throw outputExists(
    path,
    `has ${what}, and is replaced as a whole. Choose another name, or remove the folder yourself`,
  );
}
