import { ByteReader } from "./byte-reader.ts";
import { describe } from "./describe.ts";
import { exceeds, fail, requireSetting } from "./error.ts";
import { ARRAY, FLOAT32, STRING } from "./gguf-types.ts";
import { MAX_GGUF_DEPTH, MAX_GGUF_ENTRIES, MAX_GGUF_TEXT_BYTES, MAX_PIECES } from "./limits.ts";
import { scoredVocabulary } from "./scored-vocabulary.ts";
import { PREFIX_BETWEEN_TOKENS, type Vocabulary } from "./vocabulary.ts";

/** Bytes per value, by type; 0 for those without a fixed size. */
const SIZES = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

const PREFIX = "tokenizer.ggml.";

/** What is read of the metadata. All else is passed over, for other tokenizers have lists that are longer. */
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

  /** A count, which must be within a limit before anything is made of that size. */
  const readCount = (limit: number, what: string): number => {
    const place = `byte ${reader.at}`;
    const value = reader.uint(8);
    exceeds(value, limit, what, place);
    return value;
  };
  const readText = (): string => {
    const length = readCount(MAX_GGUF_TEXT_BYTES, "bytes in a text");
    return reader.text(reader.skip(length), reader.at);
  };
  /** Reads a value; of one that is not wanted, nothing is kept. */
  const readValue = (type: number, isWanted: boolean, depth: number): unknown => {
    const size = SIZES[type] ?? -1;
    if (size < 0 || depth > MAX_GGUF_DEPTH) {
      reader.fail("MALFORMED", `a value has the unknown type ${type}.`, reader.at - 4);
    }
    if (type === ARRAY) return readList(isWanted, depth);
    if (!isWanted) return reader.skip(size || reader.uint(8));
    if (type === STRING) return readText();
    return type === FLOAT32 ? reader.float32() : reader.uint(size);
  };

  const readList = (isWanted: boolean, depth: number): unknown[] => {
    const type = reader.uint(4);
    const items: unknown[] = [];
    const count = isWanted ? readCount(MAX_PIECES, "items") : reader.uint(8);
    for (let left = count; left > 0; left--) {
      const item = readValue(type, isWanted, depth + 1);
      if (isWanted) items.push(item);
    }
    return items;
  };

  reader.skip(4);
  const version = reader.uint(4);
  if (version !== 2 && version !== 3) {
    reader.fail("UNSUPPORTED", `GGUF version ${version} is not 2 or 3, little-endian.`, 4);
  }
  reader.skip(8);
  const metadata = new Map<string, unknown>();
  for (let left = readCount(MAX_GGUF_ENTRIES, "entries"); left > 0; left--) {
    const key = readText();
    const isWanted = WANTED.test(key);
    const value = readValue(reader.uint(4), isWanted, 0);
    if (isWanted) metadata.set(key.slice(PREFIX.length), value);
  }
  return toVocabulary(metadata);
}

type Widened<Value> = Value extends string ? string : Value extends number ? number : Value;

function toVocabulary(metadata: ReadonlyMap<string, unknown>): Vocabulary {
  /** A value, or the usual one, whose type it must have. In a list, that of the first item is looked at. */
  const get = <Value>(name: string, usual: Value): Widened<Value> => {
    const value = metadata.get(name) ?? usual;
    if (typeof [value].flat()[0] === typeof [usual].flat()[0]) return value as Widened<Value>;
    fail("MALFORMED", `this is ${describe(value)}.`, PREFIX + name);
  };
  requireSetting(`${PREFIX}model`, get("model", "none"), "llama");
  requireSetting(`${PREFIX}remove_extra_whitespaces`, get("remove_extra_whitespaces", 0), 0);
  const texts = get("tokens", [""]);
  const scores = get("scores", [0]);
  const kinds = get("token_type", [0]);
  const count = texts.length;
  if (scores.length !== count || kinds.length !== count) {
    const counts = `${count}, ${scores.length} and ${kinds.length}`;
    fail("MALFORMED", `there are ${counts} tokens, scores and types.`, PREFIX);
  }
  const idOf = (name: string, usual: number): number => {
    const id = get(`${name}_token_id`, usual);
    if (id < count) return id;
    fail("MALFORMED", `this is ${id}, and there are ${count} tokens.`, `${PREFIX}${name}_token_id`);
  };
  // llama.cpp's numbers, for files that leave them out.
  const ids = [idOf("unknown", 0), idOf("bos", 1), idOf("eos", 2)] as const;
  const prefix = get("add_space_prefix", 1) === 0 ? 0 : PREFIX_BETWEEN_TOKENS;
  return scoredVocabulary(texts, kinds, scores, ids, prefix);
}
