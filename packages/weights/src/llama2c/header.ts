import { WeightsError } from "../error.ts";
import { findShapeProblem, type LlamaConfig } from "../hugging-face/llama-config.ts";

/** What the head of a llama2.c checkpoint says. */
export interface Llama2cHeader {
  readonly config: LlamaConfig;
  /** 0 is the format of `run.c`, 1 the same with a real header, 2 that of `runq.c`, in 8 bits. */
  readonly version: 0 | 1 | 2;
  /** Weights that share a scale, in version 2. */
  readonly groupSize: number;
  /** Where the weights begin. */
  readonly bytes: number;
}

/** "ak42", which versions 1 and 2 begin with. */
const MAGIC = 0x616b3432;

/** Bytes of the old header: seven integers. */
const OLD_BYTES = 28;

/** Bytes of the new header, most of them empty. */
const NEW_BYTES = 256;

/** What llama2.c has in its code. */
const NORM_EPSILON = 1e-5;
const ROPE_THETA = 10_000;

/**
 * Reads the head of a llama2.c checkpoint.
 *
 * Source: karpathy/llama2.c, `export.py` (`legacy_export`, `version1_export`, `version2_export`) and `run.c`.
 *
 * @param bytes - the first 256 bytes of the file, or all of a shorter one
 * @throws WeightsError `BAD_LLAMA2C` or `UNSUPPORTED`
 */
export function readHeader(bytes: Uint8Array, path: string): Llama2cHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isNew = bytes.length >= NEW_BYTES && view.getUint32(0, true) === MAGIC;
  if (bytes.length < OLD_BYTES) throw damaged(path, "it ends within its header");
  const version = isNew ? view.getInt32(4, true) : 0;
  if (version < 0 || version > 2) {
    throw new WeightsError(
      "UNSUPPORTED",
      `${path} is a llama2.c checkpoint of version ${version}; 0, 1 and 2 are read.`,
      { path },
    );
  }
  const [
    hidden = 0,
    feedForward = 0,
    layers = 0,
    heads = 0,
    kvHeads = 0,
    vocabulary = 0,
    contextLength = 0,
  ] = Array.from({ length: 7 }, (_, index) => view.getInt32((isNew ? 8 : 0) + 4 * index, true));
  const config: LlamaConfig = {
    hidden,
    feedForward,
    layers,
    heads,
    kvHeads,
    vocabulary: Math.abs(vocabulary),
    contextLength,
    normEpsilon: NORM_EPSILON,
    ropeTheta: ROPE_THETA,
    // Of old, a negative number said that the output has a matrix of its own.
    isTied: isNew ? view.getUint8(36) === 1 : vocabulary > 0,
  };
  const problem = findShapeProblem(config);
  if (problem !== undefined) throw damaged(path, problem);
  if (contextLength < 1) throw damaged(path, `its context has ${contextLength} tokens`);
  const groupSize = version === 2 ? view.getInt32(37, true) : 1;
  if (groupSize < 1 || hidden % groupSize !== 0)
    throw damaged(path, `its group size is ${groupSize}`);
  return { config, version: version as 0 | 1 | 2, groupSize, bytes: isNew ? NEW_BYTES : OLD_BYTES };
}

/** The error for what is wrong with a checkpoint. */
export function damaged(path: string, problem: string): WeightsError {
  const message = `${path} is no sound llama2.c checkpoint: ${problem}.`;
  return new WeightsError("BAD_LLAMA2C", message, { path });
}
