import { ByteReader } from "./byte-reader.ts";
import { describe } from "./describe.ts";
import { exceeds, TokenizerError } from "./error.ts";
import { MAX_PIECES } from "./limits.ts";
import { mergesByScore, ranksOf } from "./merges-by-score.ts";
import { BYTE, NORMAL, type Pieces, packPieces } from "./pieces.ts";
import { makeTables } from "./tables.ts";
import { prefixRuleBetweenTokens, type Vocabulary } from "./vocabulary.ts";

/** Real files have some 20 to 60 entries. */
const MAX_ENTRIES = 1 << 16;

/** The specification's limit for keys. Tokens and names are far shorter. */
const MAX_TEXT_BYTES = (1 << 16) - 1;

/** Arrays of arrays are allowed to this depth. No known file has any. */
const MAX_DEPTH = 4;

/** Types of values. */
const UINT32 = 4;
const INT32 = 5;
const FLOAT32 = 6;
const BOOL = 7;
const STRING = 8;
const ARRAY = 9;
/** Bytes per value, by type; 0 for those without a fixed size. */
const SIZES = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

const PREFIX = "tokenizer.ggml.";

/**
 * Reads the tokenizer in a GGUF's metadata. What comes after that, the weights, need not be there.
 *
 * Source: ggml-org/ggml, `docs/gguf.md`; how the pieces are used, ggml-org/llama.cpp, `src/llama-vocab.cpp`.
 *
 * @param bytes - the file, or its beginning
 * @throws TokenizerError
 */
export function readGguf(bytes: Uint8Array): Vocabulary {
  const reader = new ByteReader(bytes);
  reader.skip(4);
  const version = reader.uint32();
  if (version !== 2 && version !== 3) {
    throw reader.error("UNSUPPORTED", `GGUF version ${version} is not 2 or 3, little-endian.`, 4);
  }
  reader.skip(8);
  const metadata = new Metadata();
  for (let left = count(reader, MAX_ENTRIES, "entries"); left > 0; left--) {
    const key = text(reader);
    const type = reader.uint32();
    if (key.startsWith(PREFIX)) metadata.read(key.slice(PREFIX.length), reader, type);
    else skipValue(reader, type, 0);
  }
  return toVocabulary(metadata);
}

/** A count, which must be within a limit before anything is made of that size. */
function count(reader: ByteReader, limit: number, what: string): number {
  const place = `byte ${reader.at}`;
  const value = reader.uint64();
  exceeds(value, limit, what, place);
  return value;
}

function text(reader: ByteReader): string {
  return reader.text(count(reader, MAX_TEXT_BYTES, "bytes in a text"));
}

function skipValue(reader: ByteReader, type: number, depth: number): void {
  const size = SIZES[type];
  if (size === undefined || depth > MAX_DEPTH) {
    throw reader.error("MALFORMED", `a value has the unknown type ${type}.`, reader.at - 4);
  }
  if (type === STRING) reader.skip(reader.uint64());
  else if (type === ARRAY) {
    const itemType = reader.uint32();
    const length = reader.uint64();
    const itemSize = SIZES[itemType] ?? 0;
    if (itemSize > 0) reader.skip(length * itemSize);
    else for (let left = length; left > 0; left--) skipValue(reader, itemType, depth + 1);
  } else reader.skip(size);
}

type Widened<Value> = Value extends string ? string : Value extends number ? number : boolean;

/** What the metadata says of the tokenizer, as far as it is of a type that one has. */
class Metadata {
  readonly #values = new Map<string, unknown>();
  /** Where each text of the last list of texts is. */
  readonly places: number[] = [];

  read(name: string, reader: ByteReader, type: number): void {
    const isList = type === ARRAY;
    const start = reader.at;
    const itemType = isList ? reader.uint32() : type;
    const readItem = itemReader(itemType);
    // Merges and the like of other tokenizers, longer than any list that is needed.
    if (!readItem || (isList && !/^(tokens|scores|token_type)$/.test(name))) {
      reader.at = start;
      skipValue(reader, type, 0);
      return;
    }
    if (!isList) {
      this.#values.set(name, readItem(reader));
      return;
    }
    const items: unknown[] = [];
    for (let left = count(reader, MAX_PIECES, name); left > 0; left--) {
      if (itemType === STRING) this.places.push(reader.at);
      items.push(readItem(reader));
    }
    this.#values.set(name, items);
  }

  /** A value, or the usual one, whose type it must have. */
  get<Value extends string | number | boolean>(name: string, usual: Value): Widened<Value> {
    const value = this.#values.get(name) ?? usual;
    if (typeof value === typeof usual) return value as Widened<Value>;
    throw malformed(`${name} is ${describe(value)}`);
  }

  /** A list whose items are of an example's type. */
  list<Item extends string | number>(name: string, example: Item): Item[] {
    const value = this.#values.get(name);
    if (Array.isArray(value) && (value.length === 0 || typeof value[0] === typeof example)) {
      return value as Item[];
    }
    throw malformed(`${name} is missing, or holds something else`);
  }
}

/** How to read a value of the types that a tokenizer's metadata has. */
function itemReader(type: number): ((reader: ByteReader) => unknown) | undefined {
  if (type === STRING) return text;
  if (type === UINT32 || type === INT32) return (reader) => reader.uint32();
  if (type === FLOAT32) return (reader) => reader.float32();
  return type === BOOL ? (reader) => reader.uint8() !== 0 : undefined;
}

function toVocabulary(metadata: Metadata): Vocabulary {
  const model = metadata.get("model", "none");
  if (model !== "llama") {
    throw unsupported(`the tokenizer is of the kind "${model}", and Llama 2's is "llama"`);
  }
  const texts = metadata.list("tokens", "");
  const scores = metadata.list("scores", 0);
  const kinds = metadata.list("token_type", 0);
  if (scores.length !== texts.length || kinds.length !== texts.length) {
    const counts = `${texts.length}, ${scores.length} and ${kinds.length}`;
    throw malformed(`there are ${counts} tokens, scores and types`);
  }
  const strange = kinds.find((kind) => kind < NORMAL || kind > BYTE);
  if (strange !== undefined) throw malformed(`a token has the unknown type ${strange}`);
  if (metadata.get("remove_extra_whitespaces", false)) throw unsupported("it removes spaces");
  const idOf = (name: string, usual: number): number => {
    const id = metadata.get(`${name}_token_id`, usual);
    if (id < texts.length) return id;
    throw malformed(`${name}_token_id is ${id}, and there are ${texts.length} tokens`);
  };
  const pieces = packPieces(texts, kinds);
  const makeMerges = (symbols: Pieces) => mergesByScore(symbols, ranksOf(scores));
  return {
    ...pieces,
    // llama.cpp's numbers, for files that leave them out.
    unkId: idOf("unknown", 0),
    bosId: idOf("bos", 1),
    eosId: idOf("eos", 2),
    tables: makeTables(pieces, makeMerges, false, (id) => `byte ${metadata.places[id]}`),
    prefix: prefixRuleBetweenTokens(metadata.get("add_space_prefix", true)),
  };
}

function malformed(problem: string): TokenizerError {
  return new TokenizerError("MALFORMED", `${problem}.`, { place: PREFIX });
}

function unsupported(problem: string): TokenizerError {
  return new TokenizerError("UNSUPPORTED", `${problem}.`, { place: PREFIX });
}
