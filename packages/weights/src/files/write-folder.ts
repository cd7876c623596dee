import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { WeightsError } from "../error.ts";
import type { WriteOptions } from "../tensors/write-options.ts";
import { attempt, temporaryName } from "./write-file.ts";

/**
 * Writes a folder under a temporary name beside its own, and gives it its name once it is whole.
 * What fails or is aborted leaves nothing behind, and a folder of before as it was.
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
  if (!options.overwrite) await refuseFilled(path);
  const temporary = temporaryName(path);
  const former = temporaryName(path);
  await attempt(path, () => mkdir(temporary));
  try {
    await write(temporary);
    options.signal?.throwIfAborted();
    if (!options.overwrite) await refuseFilled(path);
    // A folder cannot be renamed onto one that has files, so that one steps aside first.
    const steppedAside = await rename(path, former).then(
      () => true,
      () => false,
    );
    try {
      await attempt(path, () => rename(temporary, path));
    } catch (error) {
      if (steppedAside) await rename(former, path);
      throw error;
    }
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  await rm(former, { recursive: true, force: true });
}

async function refuseFilled(path: string): Promise<void> {
  const isFree = await readdir(path).then(
    (names) => names.length === 0,
    (error: NodeJS.ErrnoException) => error.code === "ENOENT",
  );
  if (isFree) return;
  const advice = "Choose another name, or ask to overwrite it";
  throw new WeightsError("OUTPUT_EXISTS", `${path} exists already. ${advice}.`, { path });
}
