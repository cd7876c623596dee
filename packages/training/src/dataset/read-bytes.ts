import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { TrainingError } from "../error.ts";

/** What a file or a stream holds, as bytes. */
export interface ByteSource {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** How many bytes there will be, if that is known. */
  readonly total: number | undefined;
}

/** Opens a file. Throws {@link TrainingError} with code `BAD_DATASET` if it cannot be read. */
export async function openFile(path: string): Promise<ByteSource> {
  const unreadable = (cause: unknown) =>
    new TrainingError("BAD_DATASET", `The dataset "${path}" cannot be read: ${explain(cause)}.`, {
      cause,
    });
  const { size } = await stat(path).catch((cause) => {
    throw unreadable(cause);
  });
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield* createReadStream(path) as AsyncIterable<Uint8Array>;
    } catch (cause) {
      throw unreadable(cause);
    }
  }
  return { chunks: chunks(), total: size };
}

/**
 * Makes bytes of texts, so that there is one way from here on.
 *
 * @param parts - texts or bytes, cut anywhere: between the halves of a surrogate pair as well
 * @returns the bytes in UTF-8
 */
export async function* encodeParts(
  parts: AsyncIterable<string | Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let half = "";
  for await (const part of parts) {
    if (typeof part !== "string") {
      yield part;
      continue;
    }
    let text = half + part;
    half = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : "";
    if (half) text = text.slice(0, -1);
    if (text) yield Buffer.from(text);
  }
  if (half) yield Buffer.from(half);
}

/** What a call of the file system failed with, in words. */
function explain(cause: unknown): string {
  const { code, message = String(cause) } = Object(cause) as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  if (code === "EACCES" || code === "EPERM") return "this process has no permission";
  return message.replace(/\.$/, "");
}
