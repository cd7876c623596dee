import { WeightsError } from "../error.ts";
import { MAX_TOKENS, TOKEN_TYPES } from "./tokenizer-data.ts";

/** What a `tokenizer.model` says. */
export interface SentencePieceModel {
  readonly tokens: string[];
  readonly scores: number[];
  readonly types: number[];
  /** Whether a text gets a space in front. */
  readonly addsSpace: boolean;
}

/** Numbers of fields. Source: google/sentencepiece, `src/sentencepiece_model.proto`. */
const MODEL = { pieces: 1, trainer: 2, normalizer: 3 };
const PIECE = { text: 1, score: 2, type: 3 };
const TRAINER = { modelType: 3 };
const NORMALIZER = { addsSpace: 3 };

/** None behind it is looked at: a file of 30 MB could have ten million different ones. */
const LAST_FIELD = 3;

/** The kind of model that merges pairs, as Llama 2's does; the others encode otherwise. */
const BPE = 2;

/**
 * Reads SentencePiece's `tokenizer.model`, a protobuf.
 *
 * @param bytes - the whole file
 * @param path - where it stands, for messages
 * @throws WeightsError `BAD_TOKENIZER` or `UNSUPPORTED`
 */
export function readSentencePiece(bytes: Uint8Array, path: string): SentencePieceModel {
  const fail = (problem: string) =>
    new WeightsError("BAD_TOKENIZER", `${path} is a damaged tokenizer.model: ${problem}.`, {
      path,
    });
  const model: SentencePieceModel = { tokens: [], scores: [], types: [], addsSpace: true };
  let modelType = 1;
  let addsSpace = true;
  for (const { field, value } of readFields(bytes, fail)) {
    if (typeof value === "number") continue;
    const inner = readKnown(value, fail);
    if (field === MODEL.pieces) addPiece(model, inner, fail);
    if (field === MODEL.trainer) modelType = Number(inner.get(TRAINER.modelType) ?? 1);
    if (field === MODEL.normalizer) addsSpace = inner.get(NORMALIZER.addsSpace) !== 0;
  }
  if (model.tokens.length === 0) throw fail("it has no pieces");
  if (modelType !== BPE) {
    throw new WeightsError(
      "UNSUPPORTED",
      `${path} does not merge pairs, as Llama 2's tokenizer does.`,
      { path },
    );
  }
  return { ...model, addsSpace };
}

type Fail = (problem: string) => WeightsError;

function readKnown(bytes: Uint8Array, fail: Fail): Map<number, number | Uint8Array> {
  const fields = new Map<number, number | Uint8Array>();
  for (const { field, value } of readFields(bytes, fail)) {
    if (field <= LAST_FIELD) fields.set(field, value);
  }
  return fields;
}

function addPiece(
  model: SentencePieceModel,
  piece: ReadonlyMap<number, number | Uint8Array>,
  fail: Fail,
): void {
  const text = piece.get(PIECE.text) ?? new Uint8Array();
  const id = model.tokens.length;
  if (typeof text === "number") throw fail(`piece ${id} has a number for its text`);
  if (id >= MAX_TOKENS) throw fail(`it has more than ${MAX_TOKENS} pieces`);
  model.tokens.push(decode(text, `piece ${id}`, fail));
  model.scores.push(Number(piece.get(PIECE.score) ?? 0));
  model.types.push(Number(piece.get(PIECE.type) ?? TOKEN_TYPES.normal));
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array, what: string, fail: Fail): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw fail(`the text of ${what} is not UTF-8`);
  }
}

/** Fields of a message: numbers, and bytes that are not looked into. */
function* readFields(
  bytes: Uint8Array,
  fail: Fail,
): Generator<{ field: number; value: number | Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (count: number): number => {
    if (count > bytes.length - at) throw fail("it ends within a field");
    at += count;
    return at - count;
  };
  const readVarint = (): number => {
    // Beyond 32 bits nothing counts here, and lengths of that size cannot be.
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = view.getUint8(take(1));
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw fail("a number has more than ten bytes");
  };
  while (at < bytes.length) {
    const tag = readVarint();
    const field = Math.floor(tag / 8);
    if (tag % 8 === 0) yield { field, value: readVarint() };
    else if (tag % 8 === 5) yield { field, value: view.getFloat32(take(4), true) };
    else if (tag % 8 === 1) yield { field, value: view.getFloat64(take(8), true) };
    else if (tag % 8 === 2) {
      const length = readVarint();
      const start = take(length);
      yield { field, value: bytes.subarray(start, start + length) };
    } else throw fail(`a field has the wire type ${tag % 8}`);
  }
}
