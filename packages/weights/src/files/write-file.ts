import { type FileHandle, open, rename, stat } from "node:fs/promises";
import { WeightsError } from "../error.ts";
import type { WriteOptions } from "../tensors/write-options.ts";
import { explain } from "./open-file.ts";
import { temporaryName, withPartial } from "./partial-files.ts";

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
  await refuseToReplace(path, options.overwrite);
  const temporary = temporaryName(path);
  await withPartial(temporary, async () => {
    const file = await attempt(path, () => open(temporary, "wx"));
    try {
      const disk = new EarlySync(file);
      await write(async (bytes) => {
        await attempt(path, () => writeAll(file, bytes));
        disk.written(bytes.length);
      });
      options.signal?.throwIfAborted();
      await disk.settled();
      await attempt(path, () => file.sync());
    } finally {
      await file.close();
    }
    await refuseToReplace(path, options.overwrite);
    await attempt(path, () => rename(temporary, path));
  });
}

/** Bytes after which the disk is told to begin: it then works beside us, and is nearly done when we are. */
const SYNC_BYTES = 2 ** 26;

/** Has what was written put on the disk while more is made; whether that worked, the last sync tells. */
class EarlySync {
  readonly #file: FileHandle;
  #running: Promise<void> | undefined;
  #waiting = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  written(bytes: number): void {
    this.#waiting += bytes;
    if (this.#waiting < SYNC_BYTES || this.#running) return;
    this.#waiting = 0;
    this.#running = this.#file
      .datasync()
      .catch(() => {})
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Nothing may be under way when the file is closed. */
  async settled(): Promise<void> {
    await this.#running;
  }
}

/** What to do about an output that is there already. */
export const EXISTS =
  "exists already. Choose another name, or ask to overwrite it (overwrite, --force)";

/** The error for an output that is not replaced: how its sentence goes on. */
export function outputExists(path: string, problem: string): WeightsError {
  return new WeightsError("OUTPUT_EXISTS", `${path} ${problem}.`, { path });
}

/** A folder, a device or a pipe is not replaced by a file, whoever asks. @throws WeightsError `OUTPUT_EXISTS` */
async function refuseToReplace(path: string, overwrite = false): Promise<void> {
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined) return;
  if (!facts.isFile()) throw outputExists(path, "is no file. Choose another name");
  if (!overwrite) throw outputExists(path, EXISTS);
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
