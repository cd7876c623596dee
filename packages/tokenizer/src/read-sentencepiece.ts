import { ByteReader } from "./byte-reader.ts";
import { exceeds, fail } from "./error.ts";
import { MAX_PIECES } from "./limits.ts";
import { mergesByScore, ranksOf } from "./merges-by-score.ts";
import { BYTE, CONTROL, NORMAL, packPieces, UNKNOWN } from "./pieces.ts";
import { makeTables } from "./tables.ts";
import { prefixRule, type Vocabulary } from "./vocabulary.ts";

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

const TYPES = ["none", "Unigram", "BPE", "Word", "Char"];

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
  let trainer: Message = new Map();
  let normalizer = trainer;
  const textOf = (message: Message, field: number, usual: string): string => {
    const value = message.get(field);
    if (typeof value !== "object") return usual;
    reader.at = value[0];
    return reader.text(value[1] - value[0]);
  };
  while (reader.at < bytes.length) {
    const place = reader.at;
    const [field, value] = readField(reader);
    if (typeof value !== "object") continue;
    const message = readMessage(reader, value);
    const end = reader.at;
    if (field === MODEL_TRAINER) trainer = message;
    else if (field === MODEL_NORMALIZER) normalizer = message;
    else if (field === MODEL_PIECES) {
      const kind = Number(message.get(PIECE_KIND) ?? NORMAL);
      if (!(kind >= NORMAL && kind <= BYTE)) {
        reader.fail("MALFORMED", `a piece has the unknown type ${kind}.`, place);
      }
      exceeds(kinds.push(kind), MAX_PIECES, "pieces", `byte ${place}`);
      scores.push(Number(message.get(PIECE_SCORE) ?? 0));
      texts.push(textOf(message, PIECE_TEXT, ""));
    }
    reader.at = end;
  }
  checkSettings(trainer, normalizer);
  const idOf = (field: number, usual: string, kind: number): number => {
    const name = textOf(trainer, field, usual);
    const id = texts.indexOf(name);
    if (kinds[id] !== kind) fail("UNSUPPORTED", `there is no special piece ${name}.`);
    return id;
  };
  const pieces = packPieces(texts, kinds);
  return {
    ...pieces,
    unkId: idOf(TRAINER_UNK, "<unk>", UNKNOWN),
    bosId: idOf(TRAINER_BOS, "<s>", CONTROL),
    eosId: idOf(TRAINER_EOS, "</s>", CONTROL),
    tables: makeTables(pieces, (symbols) => mergesByScore(symbols, ranksOf(scores))),
    prefix: prefixRule(normalizer.get(NORMALIZER_PREFIX) !== 0),
  };
}

function readMessage(reader: ByteReader, [start, end]: readonly [number, number]): Message {
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
  const refuse = (isSo: boolean, problem: string): void => {
    if (isSo) fail("UNSUPPORTED", `the model ${problem}: Llama 2's does not.`);
  };
  const type = TYPES[Number(trainer.get(TRAINER_TYPE) ?? 1)];
  refuse(type !== "BPE", `is of the type ${type}, and not BPE`);
  const [start, end] = [normalizer.get(NORMALIZER_CHARACTERS) ?? [0, 0]].flat();
  refuse(start !== end, "replaces characters");
  refuse(normalizer.get(NORMALIZER_REMOVES_SPACES) !== 0, "removes spaces");
  refuse(
    normalizer.get(NORMALIZER_ESCAPES_SPACES) === 0 || Boolean(trainer.get(TRAINER_SUFFIX_SPACES)),
    "treats spaces in another way",
  );
}
