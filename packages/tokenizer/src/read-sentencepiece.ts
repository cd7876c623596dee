import { ByteReader } from "./byte-reader.ts";
import { TokenizerError } from "./error.ts";
import { MAX_PIECES } from "./limits.ts";
import { pairsByScore } from "./pairs.ts";
import { BYTE, CONTROL, NORMAL, PieceList, UNKNOWN } from "./pieces.ts";
import { ProtobufReader } from "./protobuf-reader.ts";
import { makeTables } from "./tables.ts";
import { checkPieces, type Vocabulary } from "./vocabulary.ts";

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
  const model = new ProtobufReader(new ByteReader(bytes), bytes.length);
  while (model.next()) {
    const message = new ProtobufReader(model.reader, model.valueEnd);
    if (model.field === MODEL_PIECES) {
      places.push(model.reader.at);
      if (scores.length === MAX_PIECES) {
        const problem = `there are more than ${MAX_PIECES} pieces.`;
        throw new TokenizerError("LIMIT_EXCEEDED", problem, { place: `byte ${model.reader.at}` });
      }
      scores.push(readPiece(message, pieces));
    } else if (model.field === MODEL_TRAINER) readTrainer(message, settings);
    else if (model.field === MODEL_NORMALIZER) readNormalizer(message, settings);
  }
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

/** Adds a piece. Returns its score. */
function readPiece(fields: ProtobufReader, pieces: PieceList): number {
  const { reader } = fields;
  const place = `byte ${reader.at}`;
  let score = 0;
  let kind = NORMAL;
  let textStart = -1;
  let textEnd = -1;
  while (fields.next()) {
    if (fields.field === PIECE_TEXT) {
      textStart = reader.at;
      textEnd = fields.valueEnd;
    } else if (fields.field === PIECE_SCORE) score = reader.float32("a score");
    else if (fields.field === PIECE_TYPE) kind = reader.varint("a type");
  }
  if (textStart === -1 || kind < NORMAL || kind > BYTE || Number.isNaN(score)) {
    const problem = `a piece has no text, or the type ${kind} or the score ${score}.`;
    throw new TokenizerError("MALFORMED", problem, { place });
  }
  reader.at = textStart;
  reader.piece(textEnd - textStart, pieces, kind, "a piece");
  return score;
}

function readTrainer(fields: ProtobufReader, settings: Settings): void {
  const { reader } = fields;
  while (fields.next()) {
    if (fields.field === TRAINER_MODEL_TYPE) settings.modelType = reader.varint("the type");
    else if (fields.field === TRAINER_SUFFIX_SPACES) settings.suffixSpaces = fields.flag();
    else if (fields.field === TRAINER_UNK) settings.unkName = fields.name();
    else if (fields.field === TRAINER_BOS) settings.bosName = fields.name();
    else if (fields.field === TRAINER_EOS) settings.eosName = fields.name();
  }
}

function readNormalizer(fields: ProtobufReader, settings: Settings): void {
  const { reader } = fields;
  while (fields.next()) {
    if (fields.field === NORMALIZER_CHARACTER_MAP) {
      settings.hasCharacterMap = fields.valueEnd > reader.at;
    } else if (fields.field === NORMALIZER_PREFIX) settings.prefix = fields.flag();
    else if (fields.field === NORMALIZER_REMOVES) settings.removesSpaces = fields.flag();
    else if (fields.field === NORMALIZER_ESCAPES) settings.escapesSpaces = fields.flag();
  }
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
