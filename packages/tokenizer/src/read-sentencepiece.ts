import { ByteReader } from "./byte-reader.ts";
import { exceeds, fail, requireSetting } from "./error.ts";
import { MAX_PIECES } from "./limits.ts";
import { CONTROL, NORMAL, UNKNOWN } from "./pieces.ts";
import { scoredVocabulary } from "./scored-vocabulary.ts";
import { PREFIX_WHOLE_TEXTS, type Vocabulary } from "./vocabulary.ts";

/** Wire types: a number, two of fixed size, and bytes with their length in front. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Numbers of fields, by message. */
const MODEL_PIECES = 1;
const MODEL_TRAINER = 2;
const MODEL_NORMALIZER = 3;
const PIECE_TEXT = 1;
const PIECE_SCORE = 2;
const PIECE_KIND = 3;
const TRAINER_TYPE = 3;
const TRAINER_SUFFIX_SPACES = 24;
const TRAINER_UNK = 45;
const TRAINER_BOS = 46;
const TRAINER_EOS = 47;
const NORMALIZER_CHARACTERS = 2;
const NORMALIZER_PREFIX = 3;
const NORMALIZER_REMOVES_SPACES = 4;
const NORMALIZER_ESCAPES_SPACES = 5;

/** Kinds of models. */
const UNIGRAM = 1;
const BPE = 2;

/** Values of a message's fields by their numbers: a number, or where bytes begin and end. */
type Message = Map<number, number | readonly [start: number, end: number]>;

/**
 * Reads SentencePiece's `tokenizer.model`, a protobuf.
 *
 * Source: google/sentencepiece, `src/sentencepiece_model.proto`.
 *
 * @param bytes - the whole file
 * @throws TokenizerError
 */
export function readSentencePiece(bytes: Uint8Array): Vocabulary {
  const reader = new ByteReader(bytes);
  const texts: string[] = [];
  const kinds: number[] = [];
  const scores: number[] = [];
  const textOf = (message: Message, field: number, usual: string): string => {
    const value = message.get(field);
    return typeof value === "object" ? reader.text(...value) : usual;
  };
  /** The messages of the model. A piece is added to the vocabulary, and of any other kind the last one counts. */
  const messages = new Map<number, Message>();
  while (reader.at < bytes.length) {
    const place = reader.at;
    const [field, value] = readField(reader);
    if (typeof value === "number") continue;
    const message = readMessage(reader, ...value);
    messages.set(field, message);
    if (field !== MODEL_PIECES) continue;
    texts.push(textOf(message, PIECE_TEXT, ""));
    kinds.push(Number(message.get(PIECE_KIND) ?? NORMAL));
    scores.push(Number(message.get(PIECE_SCORE) ?? 0));
    exceeds(texts.length, MAX_PIECES, "pieces", `byte ${place}`);
  }
  const trainer: Message = messages.get(MODEL_TRAINER) ?? new Map();
  const normalizer: Message = messages.get(MODEL_NORMALIZER) ?? new Map();
  checkSettings(trainer, normalizer);
  const idOf = (field: number, usual: string, kind: number): number => {
    const name = textOf(trainer, field, usual);
    const id = texts.indexOf(name);
    if (kinds[id] !== kind) fail("UNSUPPORTED", `there is no special piece ${name}.`);
    return id;
  };
  const ids = [
    idOf(TRAINER_UNK, "<unk>", UNKNOWN),
    idOf(TRAINER_BOS, "<s>", CONTROL),
    idOf(TRAINER_EOS, "</s>", CONTROL),
  ] as const;
  const prefix = normalizer.get(NORMALIZER_PREFIX) === 0 ? 0 : PREFIX_WHOLE_TEXTS;
  return scoredVocabulary(texts, kinds, scores, ids, prefix);
}

function readMessage(reader: ByteReader, start: number, end: number): Message {
  reader.at = start;
  const message: Message = new Map();
  while (reader.at < end) message.set(...readField(reader));
  if (reader.at > end) reader.fail("MALFORMED", "a field is longer than its message.", start);
  return message;
}

/** Reads a field, whose bytes are skipped. */
function readField(reader: ByteReader): [number, number | readonly [number, number]] {
  const place = reader.at;
  const tag = reader.varint();
  const field = tag >>> 3;
  const type = tag & 7;
  if (type === VARINT) return [field, reader.varint()];
  if (type === FIXED32) return [field, reader.float32()];
  if (type === BYTES || type === FIXED64) {
    const start = reader.skip(type === BYTES ? reader.varint() : 8);
    return [field, [start, reader.at]];
  }
  return reader.fail("MALFORMED", `a field has the wire type ${type}.`, place);
}

/** Refuses what makes other ids than Llama 2's settings do. Defaults are SentencePiece's. */
function checkSettings(trainer: Message, normalizer: Message): void {
  const [start, end] = [normalizer.get(NORMALIZER_CHARACTERS) ?? [0, 0]].flat();
  const settings = [
    ["model_type", trainer.get(TRAINER_TYPE) ?? UNIGRAM, BPE],
    ["treat_whitespace_as_suffix", trainer.get(TRAINER_SUFFIX_SPACES) ?? 0, 0],
    ["precompiled_charsmap", start === end, true],
    ["remove_extra_whitespaces", normalizer.get(NORMALIZER_REMOVES_SPACES) ?? 1, 0],
    ["escape_whitespaces", normalizer.get(NORMALIZER_ESCAPES_SPACES) ?? 1, 1],
  ] as const;
  for (const [name, value, wanted] of settings) requireSetting(name, value, wanted);
}
