import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { WeightsError } from "../error.ts";
import type { WriteOptions } from "../tensors/write-options.ts";
import { explain } from "./open-file.ts";

/** Writes bytes to the end of a file. They may be used anew once that is done. */
export type WriteBytes = (bytes: Uint8Array) => Promise<void>;

/**
 * Writes a file under a temporary name beside its own, and gives it its name once it is whole and on the disk.
 * What fails or is aborted leaves nothing behind, and an output of before as it was.
 *
 * @param write - writes the content
 * @throws WeightsError `OUTPUT_EXISTS` or `CANNOT_WRITE`
 */
export async function writeFileWhole(
  path: string,
  options: Pick<WriteOptions, "signal" | "overwrite">,
  write: (write: WriteBytes) => Promise<void>,
): Promise<void> {
  options.signal?.throwIfAborted();
  if (!options.overwrite) await refuseExisting(path);
  const temporary = temporaryName(path);
  const file = await attempt(path, () => open(temporary, "wx"));
  try {
    try {
      await write((bytes) => attempt(path, () => writeAll(file, bytes)));
      options.signal?.throwIfAborted();
      await attempt(path, () => file.sync());
    } finally {
      await file.close();
    }
    if (!options.overwrite) await refuseExisting(path);
    await attempt(path, () => rename(temporary, path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A name that nobody else has, beside the one that is meant: a rename must not cross disks. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.partial`);
}

/** @throws WeightsError `OUTPUT_EXISTS` */
async function refuseExisting(path: string): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  const advice = "Choose another name, or ask to overwrite it";
  throw new WeightsError("OUTPUT_EXISTS", `${path} exists already. ${advice}.`, { path });
}

/** Does something with the output. @throws WeightsError `CANNOT_WRITE` */
export async function attempt<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (cause) {
    throw new WeightsError("CANNOT_WRITE", `${path} cannot be written: ${explain(cause)}.`, {
      path,
      cause,
    });
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += (await file.write(bytes, written, bytes.length - written)).bytesWritten;
  }
}
