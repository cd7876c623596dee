import { ByteReader } from "./byte-reader.ts";
import { exceeds, TokenizerError } from "./error.ts";
import { MAX_PIECES, MAX_UNITS } from "./limits.ts";
import { mergesByScore, ranksOf } from "./merges-by-score.ts";
import { BYTE, CONTROL, NORMAL, type Pieces, packPieces, UNKNOWN } from "./pieces.ts";
import { ProtobufReader, VARINT } from "./protobuf-reader.ts";
import { makeTables } from "./tables.ts";
import { prefixRule, type Vocabulary } from "./vocabulary.ts";

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

/**
 * Reads SentencePiece's `tokenizer.model`, a protobuf.
 *
 * Source: google/sentencepiece, `src/sentencepiece_model.proto`.
 *
 * @param bytes - the whole file
 * @throws TokenizerError
 */
export function readSentencePiece(bytes: Uint8Array): Vocabulary {
  const texts: string[] = [];
  const kinds: number[] = [];
  const scores: number[] = [];
  const places: number[] = [];
  const reader = new ByteReader(bytes);
  const model = new ProtobufReader(reader, bytes.length);
  let trainer = new Map<number, number | string>();
  let normalizer = trainer;
  while (model.next()) {
    const message = new ProtobufReader(reader, model.valueEnd);
    if (model.field === MODEL_PIECES) {
      exceeds(places.push(reader.at), MAX_PIECES, "pieces", `byte ${reader.at}`);
      readPiece(message, texts, kinds, scores);
    } else if (model.field === MODEL_TRAINER) trainer = readSettings(message);
    else if (model.field === MODEL_NORMALIZER) normalizer = readSettings(message);
  }
  checkSettings(trainer, normalizer);
  const placeOf = (id: number) => `byte ${places[id]}`;
  const pieces = packPieces(texts, kinds);
  const makeMerges = (symbols: Pieces) => mergesByScore(symbols, ranksOf(scores));
  const idOf = (field: number, usual: string, kind: number): number => {
    const name = trainer.get(field) ?? usual;
    const id = texts.indexOf(String(name));
    if (kinds[id] === kind) return id;
    throw new TokenizerError("UNSUPPORTED", `there is no special piece ${name}.`);
  };
  return {
    ...pieces,
    unkId: idOf(TRAINER_UNK, "<unk>", UNKNOWN),
    bosId: idOf(TRAINER_BOS, "<s>", CONTROL),
    eosId: idOf(TRAINER_EOS, "</s>", CONTROL),
    tables: makeTables(pieces, makeMerges, false, placeOf),
    prefix: prefixRule(normalizer.get(NORMALIZER_PREFIX) !== 0),
  };
}

function readPiece(
  fields: ProtobufReader,
  texts: string[],
  kinds: number[],
  scores: number[],
): void {
  const { reader } = fields;
  const place = reader.at;
  let text = "";
  let kind = NORMAL;
  let score = 0;
  while (fields.next()) {
    if (fields.field === PIECE_TEXT) text = fields.text();
    else if (fields.field === PIECE_SCORE) score = reader.float32();
    else if (fields.field === PIECE_KIND) kind = reader.varint();
  }
  if (kind < NORMAL || kind > BYTE) {
    throw reader.error("MALFORMED", `a piece has the unknown type ${kind}.`, place);
  }
  texts.push(text);
  kinds.push(kind);
  scores.push(score);
}

/** A message's fields: the value of a number, the text of a name, and the length of anything else. */
function readSettings(fields: ProtobufReader): Map<number, number | string> {
  const settings = new Map<number, number | string>();
  while (fields.next()) {
    const { field, wireType, reader } = fields;
    const length = fields.valueEnd - reader.at;
    const isName = field >= TRAINER_UNK && field <= TRAINER_EOS && length <= MAX_UNITS;
    if (wireType === VARINT) settings.set(field, reader.varint());
    else settings.set(field, isName ? fields.text() : length);
  }
  return settings;
}

/** Refuses what makes other ids than Llama 2's settings do. Defaults are SentencePiece's. */
function checkSettings(
  trainer: ReadonlyMap<number, unknown>,
  normalizer: ReadonlyMap<number, unknown>,
): void {
  const type = TYPES[Number(trainer.get(TRAINER_TYPE) ?? 1)];
  const problem =
    type !== "BPE"
      ? `is of the type ${type}, and not BPE`
      : normalizer.get(NORMALIZER_CHARACTERS)
        ? "replaces characters"
        : normalizer.get(NORMALIZER_REMOVES_SPACES) !== 0
          ? "removes spaces"
          : normalizer.get(NORMALIZER_ESCAPES_SPACES) === 0 || trainer.get(TRAINER_SUFFIX_SPACES)
            ? "treats spaces in another way"
            : "";
  if (problem === "") return;
  throw new TokenizerError("UNSUPPORTED", `the model ${problem}: Llama 2's does not.`);
}
