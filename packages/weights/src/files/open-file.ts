import { type FileHandle, open, stat } from "node:fs/promises";
import { WeightsError } from "../error.ts";

/** A file open for reading, and its size then. */
export interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** In bytes. */
  readonly size: number;
}

/**
 * Opens a file for reading.
 *
 * @throws WeightsError `NOT_FOUND`
 */
export async function openFile(path: string): Promise<OpenFile> {
  try {
    // Looked at before it is opened: to open a pipe that nobody writes to would wait for ever.
    const { size } = await statFile(path);
    return { path, handle: await open(path), size };
  } catch (cause) {
    throw WeightsError.isInstance(cause) ? cause : notFound(path, cause);
  }
}

async function statFile(path: string) {
  const facts = await stat(path);
  if (facts.isFile()) return facts;
  throw new WeightsError("NOT_FOUND", `${path} is not a file.`, { path });
}

/**
 * Reads a small file as a whole.
 *
 * @param most - bytes at most: more is refused before any is read
 * @throws WeightsError `NOT_FOUND` or `UNSUPPORTED`
 */
export async function readSmallFile(path: string, most: number): Promise<Uint8Array> {
  const file = await openFile(path);
  try {
    if (file.size > most) {
      throw new WeightsError(
        "UNSUPPORTED",
        `${path} has ${file.size} bytes; ${most} are read at most.`,
        { path },
      );
    }
    return await readBytes(file, 0, file.size);
  } finally {
    await file.handle.close();
  }
}

/** What opening or reading a file failed with, for a person. */
export function notFound(path: string, cause: unknown): WeightsError {
  return new WeightsError("NOT_FOUND", `${path} cannot be read: ${explain(cause)}.`, {
    path,
    cause,
  });
}

/** What a call of the file system failed with, in words. */
export function explain(cause: unknown): string {
  switch ((cause as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return "there is no such file or folder";
    case "EACCES":
    case "EPERM":
      return "this process has no permission";
    case "ENOSPC":
      return "the disk is full";
    case "EDQUOT":
      return "this person's share of the disk is full";
    case "EROFS":
      return "the disk takes no changes";
    case "EISDIR":
      return "it is a folder";
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}

/**
 * Reads bytes from a place of a file, all of them.
 *
 * @throws WeightsError `NOT_FOUND` where the file ends before, since it became shorter while it was open
 */
export async function readBytes(
  file: OpenFile,
  position: number,
  length: number,
  into: Uint8Array = new Uint8Array(length),
): Promise<Uint8Array> {
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.handle.read(into, filled, length - filled, position + filled);
    if (bytesRead === 0) {
      const missing = `it has no byte ${position + filled}: it became shorter while it was read`;
      throw new WeightsError("NOT_FOUND", `${file.path} cannot be read: ${missing}.`, {
        path: file.path,
      });
    }
    filled += bytesRead;
  }
  return into.length === length ? into : into.subarray(0, length);
}
