import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { appendFile, type FileHandle, open, rename, rm, stat } from "node:fs/promises";
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
}

/** A session's state, when it has been written. */
export interface WrittenState {
  /** How many tokens are in it. */
  readonly tokens: number;
  /** The key of the adapters that they were evaluated with. */
  readonly adapters: string;
}

interface Footer extends SessionOrigin, WrittenState {
  readonly version: 1;
  /** Bytes of the state in front of it. */
  readonly stateBytes: number;
  /** Of the state, and of the other fields of this footer as JSON, in their order. */
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
  writeState: (path: string) => Promise<WrittenState>,
): Promise<void> {
  const unfinished = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = await open(unfinished, "wx"); // says what is wrong with the path, which llama.cpp does not
    await file.close();
    const state = await writeState(unfinished);
    const { size: stateBytes } = await stat(unfinished);
    const facts = { ...origin, ...state, version: 1, stateBytes } as const;
    const footer: Footer = { ...facts, sha256: await hashState(unfinished, facts) };
    const json = Buffer.from(JSON.stringify(footer));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(json.length);
    await appendFile(unfinished, Buffer.concat([json, length, Buffer.from(MAGIC)]));
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true });
    if (InferenceError.isInstance(cause)) throw cause;
    throw badSessionFile(path, `could not be written (${String(cause)})`, cause);
  }
}

/**
 * Makes sure that a file is a whole session, made where the state can be used. Returns what it says of the state.
 *
 * @param contextSize - tokens that there is room for
 * @throws InferenceError `BAD_SESSION_FILE`
 */
export async function checkSessionFile(
  path: string,
  expected: SessionOrigin,
  contextSize: number,
): Promise<WrittenState> {
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
  const { sha256, ...facts } = footer;
  const found = await hashState(path, facts).catch((cause) => {
    throw badSessionFile(path, `could not be read (${String(cause)})`, cause);
  });
  if (sha256 !== found) {
    throw badSessionFile(path, "is damaged: its checksum is wrong");
  }
  if (footer.tokens > contextSize) {
    const sizes = `${footer.tokens} tokens, and this model was loaded with a contextSize of ${contextSize}`;
    throw badSessionFile(path, `has ${sizes}. Load it with a larger one`);
  }
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
  const isNew = footer.version === 1 && Number.isSafeInteger(footer.tokens);
  return isNew && texts.every((text) => typeof text === "string");
}

async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** The checksum of a state, which is the beginning of a file, and of what its footer says. */
async function hashState(path: string, facts: Omit<Footer, "sha256">): Promise<string> {
  const hash = createHash("sha256");
  if (facts.stateBytes > 0) {
    const options = { end: facts.stateBytes - 1, highWaterMark: 2 ** 20 };
    for await (const chunk of createReadStream(path, options)) hash.update(chunk);
  }
  return hash.update(JSON.stringify(facts)).digest("hex");
}

/** The error for a session's file: what is wrong with it, without the full stop. */
export function badSessionFile(path: string, what: string, cause?: unknown): InferenceError {
  return new InferenceError("BAD_SESSION_FILE", `The session's file ${path} ${what}.`, { cause });
}
