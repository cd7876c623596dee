import { ByteReader } from "./byte-reader.ts";
import { exceeds, fail, requireSetting } from "./error.ts";
import { MAX_PIECES } from "./limits.ts";
import { CONTROL, NORMAL, UNKNOWN } from "./pieces.ts";
import { scoredVocabulary } from "./scored-vocabulary.ts";
import {
  BPE,
  BYTES,
  FIXED32,
  FIXED64,
  MODEL_NORMALIZER,
  MODEL_PIECES,
  MODEL_TRAINER,
  NORMALIZER_CHARACTERS,
  NORMALIZER_ESCAPES_SPACES,
  NORMALIZER_PREFIX,
  NORMALIZER_REMOVES_SPACES,
  PIECE_KIND,
  PIECE_SCORE,
  PIECE_TEXT,
  TRAINER_BOS,
  TRAINER_EOS,
  TRAINER_SUFFIX_SPACES,
  TRAINER_TYPE,
  TRAINER_UNK,
  UNIGRAM,
  VARINT,
} from "./sentencepiece-model.ts";
import { PREFIX_WHOLE_TEXTS, type Vocabulary } from "./vocabulary.ts";

/** A number, or where bytes begin and end. */
type Value = number | readonly [start: number, end: number];

/** Values of a message's fields by their numbers. */
type Message = Map<number, Value>;

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
  const trainer: Message = new Map();
  const normalizer: Message = new Map();
  const textOf = (message: Message, field: number, usual: string): string => {
    const value = message.get(field);
    return typeof value === "object" ? reader.text(...value) : usual;
  };
  readFields(reader, bytes.length, (field, value, place) => {
    if (typeof value === "number") return;
    const isTrainer = field === MODEL_TRAINER;
    const message = isTrainer ? trainer : field === MODEL_NORMALIZER ? normalizer : new Map();
    reader.at = value[0];
    readFields(reader, value[1], (inner, innerValue) => message.set(inner, innerValue));
    if (field !== MODEL_PIECES) return;
    exceeds(kinds.push(Number(message.get(PIECE_KIND) ?? NORMAL)), MAX_PIECES, "pieces", place);
    scores.push(Number(message.get(PIECE_SCORE) ?? 0));
    texts.push(textOf(message, PIECE_TEXT, ""));
  });
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

/** Reads fields up to a place. Bytes are passed over. */
function readFields(
  reader: ByteReader,
  end: number,
  onField: (field: number, value: Value, place: string) => void,
): void {
  while (reader.at < end) {
    const place = `byte ${reader.at}`;
    const tag = reader.varint();
    const type = tag & 7;
    let value: Value;
    if (type === VARINT) value = reader.varint();
    else if (type === FIXED32) value = reader.float32();
    else if (type === BYTES || type === FIXED64) {
      value = [reader.skip(type === BYTES ? reader.varint() : 8), reader.at];
    } else fail("MALFORMED", `a field has the wire type ${type}.`, place);
    if (reader.at > end) fail("MALFORMED", "a field is longer than its message.", place);
    onField(tag >>> 3, value, place);
  }
}

/** Refuses what makes other ids than Llama 2's settings do. Defaults are SentencePiece's. */
function checkSettings(trainer: Message, normalizer: Message): void {
  const [start, end] = [normalizer.get(NORMALIZER_CHARACTERS) ?? 0].flat();
  requireSetting("model_type", trainer.get(TRAINER_TYPE) ?? UNIGRAM, BPE);
  requireSetting("treat_whitespace_as_suffix", trainer.get(TRAINER_SUFFIX_SPACES) ?? 0, 0);
  requireSetting("precompiled_charsmap", end ?? start, start);
  requireSetting("remove_extra_whitespaces", normalizer.get(NORMALIZER_REMOVES_SPACES) ?? 1, 0);
  requireSetting("escape_whitespaces", normalizer.get(NORMALIZER_ESCAPES_SPACES) ?? 1, 1);
}
