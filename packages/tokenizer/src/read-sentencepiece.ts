import { ByteReader } from "./byte-reader.ts";
import { TokenizerError } from "./error.ts";
import { pairsByScore } from "./pairs.ts";
import { BYTE, CONTROL, NORMAL, PieceList, UNKNOWN } from "./pieces.ts";
import { makeTables } from "./tables.ts";
import { checkPieces, MAX_OTHER_UNITS, MAX_PIECES, type Vocabulary } from "./vocabulary.ts";

/** Wire types of protobuf. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

const BPE = 2;
const MODEL_TYPES = ["", "Unigram", "BPE", "Word", "Char"];

/** Numbers of fields, by message. */
const MODEL_PIECES = 1;
const MODEL_TRAINER = 2;
const MODEL_NORMALIZER = 3;
const PIECE_TEXT = 1;
const PIECE_SCORE = 2;
const PIECE_TYPE = 3;
const TRAINER_MODEL_TYPE = 3;
const TRAINER_SUFFIX_SPACES = 24;
const TRAINER_UNK = 45;
const TRAINER_BOS = 46;
const TRAINER_EOS = 47;
const NORMALIZER_CHARACTER_MAP = 2;
const NORMALIZER_PREFIX = 3;
const NORMALIZER_REMOVES = 4;
const NORMALIZER_ESCAPES = 5;

/** What of the trainer's and the normalizer's settings has an influence on ids. Defaults as SentencePiece has them. */
interface Settings {
  modelType: number;
  suffixSpaces: boolean;
  unkName: string;
  bosName: string;
  eosName: string;
  hasCharacterMap: boolean;
  prefix: boolean;
  removesSpaces: boolean;
  escapesSpaces: boolean;
}

/**
 * Reads SentencePiece's `tokenizer.model`, a protobuf.
 *
 * Source: google/sentencepiece, `src/sentencepiece_model.proto`.
 *
 * @param bytes - the whole file
 * @throws TokenizerError
 */
export function readSentencePiece(bytes: Uint8Array): Vocabulary {
  const pieces = new PieceList();
  const scores: number[] = [];
  const places: number[] = [];
  const settings: Settings = {
    modelType: 1,
    suffixSpaces: false,
    unkName: "<unk>",
    bosName: "<s>",
    eosName: "</s>",
    hasCharacterMap: false,
    prefix: true,
    removesSpaces: true,
    escapesSpaces: true,
  };
  const reader = new ByteReader(bytes);
  readFields(reader, (field, end) => {
    if (field === MODEL_PIECES) {
      if (scores.length === MAX_PIECES) {
        throw new TokenizerError("LIMIT_EXCEEDED", `there are more than ${MAX_PIECES} pieces.`, {
          place: `byte ${reader.at}`,
        });
      }
      places.push(reader.at);
      scores.push(readPiece(new ByteReader(bytes, reader.at, end), pieces));
    }
    if (field === MODEL_TRAINER) readTrainer(new ByteReader(bytes, reader.at, end), settings);
    if (field === MODEL_NORMALIZER) readNormalizer(new ByteReader(bytes, reader.at, end), settings);
  });
  checkSettings(settings);
  const placeOf = (id: number) => `byte ${places[id]}`;
  checkPieces(pieces, placeOf);
  const idOf = (name: string, kind: number) => requireSpecial(pieces, name, kind);
  const bosId = idOf(settings.bosName, CONTROL);
  const eosId = idOf(settings.eosName, CONTROL);
  const unkId = idOf(settings.unkName, UNKNOWN);
  const tables = makeTables(pieces, () => pairsByScore(pieces, Float32Array.from(scores)));
  const { prefix } = settings;
  return {
    pieces,
    tables,
    bosId,
    eosId,
    unkId,
    // The text is normalised as one, with its user-defined pieces in it; control pieces part texts.
    prefix: {
      first: prefix,
      afterControl: prefix,
      afterUserDefined: false,
      unlessSpace: false,
      beforeToken: prefix,
    },
    strips: new Map(),
  };
}

/** Calls back with each field of a message, the reader at its value's beginning. It need not read that. */
function readFields(reader: ByteReader, visit: (field: number, end: number) => void): void {
  while (reader.at < reader.end) {
    const place = reader.at;
    const tag = reader.varint("a field's tag");
    const field = tag >>> 3;
    const end = endOfValue(reader, tag & 7, place);
    visit(field, end);
    reader.at = end;
  }
}

/** Finds where a field's value ends, and leaves the reader where its content begins. */
function endOfValue(reader: ByteReader, wireType: number, place: number): number {
  let start = reader.at;
  if (wireType === BYTES) {
    const length = reader.varint("a field's length");
    start = reader.skip(length, "a field");
  } else if (wireType === VARINT) reader.varint("a field");
  else if (wireType === FIXED64) reader.skip(8, "a field");
  else if (wireType === FIXED32) reader.skip(4, "a field");
  else {
    throw new TokenizerError("MALFORMED", `a field has the wire type ${wireType}.`, {
      place: `byte ${place}`,
    });
  }
  const end = reader.at;
  reader.at = start;
  return end;
}

/** Adds a piece. Returns its score. */
function readPiece(reader: ByteReader, pieces: PieceList): number {
  const place = `byte ${reader.at}`;
  let score = 0;
  let kind = NORMAL;
  let textStart = -1;
  let textEnd = -1;
  readFields(reader, (field, end) => {
    if (field === PIECE_TEXT) {
      textStart = reader.at;
      textEnd = end;
    }
    if (field === PIECE_SCORE) score = reader.float32("a score");
    if (field === PIECE_TYPE) kind = reader.varint("a type");
  });
  if (textStart === -1) {
    throw new TokenizerError("MALFORMED", "a piece has no text.", { place });
  }
  if (kind < NORMAL || kind > BYTE) {
    throw new TokenizerError("MALFORMED", `a piece has the type ${kind}.`, { place });
  }
  if (Number.isNaN(score)) {
    throw new TokenizerError("MALFORMED", "a piece's score is not a number.", { place });
  }
  reader.at = textStart;
  reader.piece(textEnd - textStart, pieces, kind, "a piece");
  return score;
}

function readTrainer(reader: ByteReader, settings: Settings): void {
  const name = (end: number) => {
    const length = Math.min(end - reader.at, MAX_OTHER_UNITS);
    return reader.ascii(length, "a piece's name");
  };
  readFields(reader, (field, end) => {
    if (field === TRAINER_MODEL_TYPE) settings.modelType = reader.varint("the model's type");
    if (field === TRAINER_SUFFIX_SPACES) settings.suffixSpaces = reader.varint("a setting") !== 0;
    if (field === TRAINER_UNK) settings.unkName = name(end);
    if (field === TRAINER_BOS) settings.bosName = name(end);
    if (field === TRAINER_EOS) settings.eosName = name(end);
  });
}

function readNormalizer(reader: ByteReader, settings: Settings): void {
  readFields(reader, (field, end) => {
    if (field === NORMALIZER_CHARACTER_MAP) settings.hasCharacterMap = end > reader.at;
    if (field === NORMALIZER_PREFIX) settings.prefix = reader.varint("a setting") !== 0;
    if (field === NORMALIZER_REMOVES) settings.removesSpaces = reader.varint("a setting") !== 0;
    if (field === NORMALIZER_ESCAPES) settings.escapesSpaces = reader.varint("a setting") !== 0;
  });
}

function checkSettings(settings: Settings): void {
  const problem = settingsProblem(settings);
  if (problem) {
    throw new TokenizerError("UNSUPPORTED", `the model ${problem}, as Llama 2's does not.`, {
      place: "tokenizer.model",
    });
  }
}

function settingsProblem(settings: Settings): string | undefined {
  if (settings.modelType !== BPE) {
    return `is of the type ${MODEL_TYPES[settings.modelType] ?? settings.modelType}, not BPE`;
  }
  if (settings.hasCharacterMap) return "replaces characters before it encodes";
  if (settings.removesSpaces) return "removes spaces";
  if (!settings.escapesSpaces) return "has spaces in its pieces";
  return settings.suffixSpaces ? "puts spaces behind words" : undefined;
}

function requireSpecial(pieces: PieceList, name: string, kind: number): number {
  const id = pieces.idOf(name);
  if (id !== -1 && pieces.kinds[id] === kind) return id;
  throw new TokenizerError("UNSUPPORTED", `there is no special piece ${JSON.stringify(name)}.`, {
    place: "tokenizer.model",
  });
}
