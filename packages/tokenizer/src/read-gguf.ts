import { ByteReader } from "./byte-reader.ts";
import { describe } from "./describe.ts";
import { exceeds, fail } from "./error.ts";
import { MAX_PIECES } from "./limits.ts";
import { mergesByScore, ranksOf } from "./merges-by-score.ts";
import { BYTE, NORMAL, packPieces } from "./pieces.ts";
import { makeTables } from "./tables.ts";
import { prefixRuleBetweenTokens, type Vocabulary } from "./vocabulary.ts";

/** Real files have some 20 to 60 entries. */
const MAX_ENTRIES = 1 << 16;

/** The specification's limit for keys. Tokens and names are far shorter. */
const MAX_TEXT_BYTES = (1 << 16) - 1;

/** Arrays of arrays are allowed to this depth. No known file has any. */
const MAX_DEPTH = 4;

/** Types of values. */
const FLOAT32 = 6;
const STRING = 8;
const ARRAY = 9;
/** Bytes per value, by type; 0 for those without a fixed size. */
const SIZES = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

const PREFIX = "tokenizer.ggml.";

/** What is read of the metadata. All else is skipped, for other tokenizers have lists that are longer. */
const WANTED =
  /^tokenizer\.ggml\.(model|tokens|scores|token_type|\w+_token_id|add_space_prefix|remove_extra_whitespaces)$/;

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
    reader.fail("UNSUPPORTED", `GGUF version ${version} is not 2 or 3, little-endian.`, 4);
  }
  reader.skip(8);
  const metadata = new Map<string, unknown>();
  for (let left = readCount(reader, MAX_ENTRIES, "entries"); left > 0; left--) {
    const key = readText(reader);
    const value = readValue(reader, reader.uint32(), WANTED.test(key), 0);
    if (value !== undefined) metadata.set(key.slice(PREFIX.length), value);
  }
  return toVocabulary(metadata);
}

/** A count, which must be within a limit before anything is made of that size. */
function readCount(reader: ByteReader, limit: number, what: string): number {
  const place = `byte ${reader.at}`;
  const value = reader.uint64();
  exceeds(value, limit, what, place);
  return value;
}

function readText(reader: ByteReader): string {
  return reader.text(readCount(reader, MAX_TEXT_BYTES, "bytes in a text"));
}

/** Reads a value, or passes over it and returns undefined. */
function readValue(reader: ByteReader, type: number, isWanted: boolean, depth: number): unknown {
  const size = SIZES[type];
  if (size === undefined || depth > MAX_DEPTH) {
    reader.fail("MALFORMED", `a value has the unknown type ${type}.`, reader.at - 4);
  }
  if (type === ARRAY) return readList(reader, isWanted, depth);
  if (!isWanted) return void reader.skip(type === STRING ? reader.uint64() : size);
  if (type === STRING) return readText(reader);
  if (type === FLOAT32) return reader.float32();
  return size === 1 ? reader.uint8() !== 0 : size === 4 ? reader.uint32() : void reader.skip(size);
}

function readList(reader: ByteReader, isWanted: boolean, depth: number): unknown {
  const type = reader.uint32();
  const size = SIZES[type] ?? 0;
  const count = isWanted ? readCount(reader, MAX_PIECES, "items") : reader.uint64();
  if (!isWanted && size > 0) return void reader.skip(count * size);
  const items: unknown[] = [];
  for (let left = count; left > 0; left--) {
    const item = readValue(reader, type, isWanted, depth + 1);
    if (isWanted) items.push(item);
  }
  return isWanted ? items : undefined;
}

type Widened<Value> = Value extends string ? string : Value;

function toVocabulary(metadata: ReadonlyMap<string, unknown>): Vocabulary {
  /** A value, or the usual one, whose type it must have. In a list, that of the first item is looked at. */
  const get = <Value>(name: string, usual: Value): Widened<Value> => {
    const value = metadata.get(name) ?? usual;
    if (typeof [value].flat()[0] === typeof [usual].flat()[0]) return value as Widened<Value>;
    return malformed(`${name} is ${describe(value)}`);
  };
  const model = get("model", "none");
  if (model !== "llama") {
    fail("UNSUPPORTED", `the tokenizer is of the kind "${model}", and not "llama".`, PREFIX);
  }
  const texts = get("tokens", [""]);
  const scores = get("scores", [0]);
  const kinds = get("token_type", [0]);
  if (scores.length !== texts.length || kinds.length !== texts.length) {
    const counts = `${texts.length}, ${scores.length} and ${kinds.length}`;
    malformed(`there are ${counts} tokens, scores and types`);
  }
  const strange = kinds.find((kind) => !(kind >= NORMAL && kind <= BYTE));
  if (strange !== undefined) malformed(`a token has the unknown type ${strange}`);
  if (get("remove_extra_whitespaces", false)) fail("UNSUPPORTED", "it removes spaces.", PREFIX);
  const idOf = (name: string, usual: number): number => {
    const id = get(`${name}_token_id`, usual);
    if (id < texts.length) return id;
    return malformed(`${name}_token_id is ${id}, and there are ${texts.length} tokens`);
  };
  const pieces = packPieces(texts, kinds);
  return {
    ...pieces,
    // llama.cpp's numbers, for files that leave them out.
    unkId: idOf("unknown", 0),
    bosId: idOf("bos", 1),
    eosId: idOf("eos", 2),
    tables: makeTables(pieces, (symbols) => mergesByScore(symbols, ranksOf(scores))),
    prefix: prefixRuleBetweenTokens(get("add_space_prefix", true)),
  };
}

function malformed(problem: string): never {
  fail("MALFORMED", `${problem}.`, PREFIX);
}
