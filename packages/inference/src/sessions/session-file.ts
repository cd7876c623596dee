import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { appendFile, type FileHandle, open, rename, rm } from "node:fs/promises";
import { InferenceError } from "../error.ts";

/**
 * A session's file is llama.cpp's own file of a sequence's state, with a footer behind it that tells what it belongs to
 * and whether it is whole, because llama.cpp checks neither and ends the process where it reads nonsense:
 *
 *     state · footer as JSON · length of that JSON (4 bytes, little-endian) · "L2KSESS1"
 */
const MAGIC = "L2KSESS1";
const TAIL_BYTES = 4 + MAGIC.length;
const LONGEST_FOOTER = 2 ** 16;

/** What the state of a sequence depends on: it is good for nothing else. */
export interface SessionOrigin {
  /** Hash of the model's file. */
  readonly model: string;
  /** The release of llama.cpp. */
  readonly engine: string;
  /** What decides about the layout of the KV cache: its types, flash attention, and the number of sequences. */
  readonly cache: string;
  /** The adapters' key. */
  readonly adapters: string;
}

interface Footer extends SessionOrigin {
  readonly version: 1;
  /** Bytes of the state in front of it. */
  readonly stateBytes: number;
  readonly sha256: string;
}

/**
 * Writes a session's file: all of it or nothing.
 *
 * @param writeState - has llama.cpp write the state to a path
 */
export async function writeSessionFile(
  path: string,
  origin: SessionOrigin,
  writeState: (path: string) => Promise<void>,
): Promise<void> {
  const unfinished = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = await open(unfinished, "wx"); // says what is wrong with the path, which llama.cpp does not
    await file.close();
    await writeState(unfinished);
    const { bytes, sha256 } = await hashFile(unfinished);
    const footer: Footer = { ...origin, version: 1, stateBytes: bytes, sha256 };
    const json = Buffer.from(JSON.stringify(footer));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(json.length);
    await appendFile(unfinished, Buffer.concat([json, length, Buffer.from(MAGIC)]));
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw badSessionFile(path, `could not be written (${String(cause)})`, cause);
  }
}

/**
 * Makes sure that a file is a whole session, made where the state can be used. Returns its origin.
 *
 * @throws InferenceError `BAD_SESSION_FILE`
 */
export async function checkSessionFile(
  path: string,
  expected: Omit<SessionOrigin, "adapters">,
): Promise<SessionOrigin> {
  const footer = await readFooter(path);
  if (footer.model !== expected.model) {
    throw badSessionFile(path, "was saved with another model. Load that one, or begin anew");
  }
  if (footer.engine !== expected.engine) {
    const releases = `${footer.engine}, and this is ${expected.engine}`;
    throw badSessionFile(path, `was saved by llama.cpp ${releases}. Begin anew`);
  }
  if (footer.cache !== expected.cache) {
    const caches = `${footer.cache}, and this model was loaded with ${expected.cache}`;
    throw badSessionFile(path, `was saved from a model with ${caches}. Load it as it was then`);
  }
  const { sha256 } = await hashFile(path, footer.stateBytes);
  if (sha256 !== footer.sha256) throw badSessionFile(path, "is damaged: its checksum is wrong");
  return footer;
}

async function readFooter(path: string): Promise<Footer> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { size } = await file.stat();
    const tail = await readBytes(file, Math.max(0, size - TAIL_BYTES), TAIL_BYTES);
    const length = tail.length === TAIL_BYTES ? tail.readUInt32LE(0) : 0;
    const stateBytes = size - TAIL_BYTES - length;
    const isMarked = tail.toString("latin1", 4) === MAGIC;
    if (!isMarked || length > LONGEST_FOOTER || stateBytes < 0) {
      throw badSessionFile(path, "is no saved session, or not a whole one");
    }
    const footer: unknown = JSON.parse(
      (await readBytes(file, stateBytes, length)).toString("utf8"),
    );
    if (isFooter(footer) && footer.stateBytes === stateBytes) return footer;
    throw badSessionFile(path, "was saved by another version, or is damaged");
  } catch (cause) {
    if (InferenceError.isInstance(cause)) throw cause;
    throw badSessionFile(path, `could not be read (${String(cause)})`, cause);
  } finally {
    await file?.close();
  }
}

function isFooter(value: unknown): value is Footer {
  const footer = Object(value) as Partial<Record<keyof Footer, unknown>>;
  const texts = [footer.model, footer.engine, footer.cache, footer.adapters, footer.sha256];
  return footer.version === 1 && texts.every((text) => typeof text === "string");
}

async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** @param bytes - how many of the first ones; all of them by default */
async function hashFile(path: string, bytes?: number): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let read = 0;
  if (bytes !== 0) {
    const end = bytes === undefined ? {} : { end: bytes - 1 };
    for await (const chunk of createReadStream(path, { ...end, highWaterMark: 2 ** 20 })) {
      hash.update(chunk);
      read += chunk.length;
    }
  }
  return { bytes: read, sha256: hash.digest("hex") };
}

function badSessionFile(path: string, what: string, cause?: unknown): InferenceError {
  return new InferenceError("BAD_SESSION_FILE", `The session's file ${path} ${what}.`, { cause });
}

/** A hash that tells a model's file from others: of its size, its beginning and its end. */
export async function fingerprintFile(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const sample = 2 ** 16;
    return createHash("sha256")
      .update(String(size))
      .update(await readBytes(file, 0, sample))
      .update(await readBytes(file, Math.max(0, size - sample), sample))
      .digest("hex");
  } finally {
    await file.close();
  }
}
