import { describe } from "./describe.ts";
import { makeTables } from "./encoder.ts";
import { fail, requireSetting } from "./error.ts";
import { expectId, expectType, type JsonObject, readJson } from "./json.ts";
import { readSpaces } from "./json-spaces.ts";
import { type Merges, rememberMerges } from "./merges.ts";
import { BYTE, CONTROL, NORMAL, packPieces, UNKNOWN, UNUSED, USER_DEFINED } from "./pieces.ts";
import type { Strip, Vocabulary } from "./vocabulary.ts";

const BYTE_NAME = /^<0x[0-9A-F]{2}>$/;

/** Settings that change ids, and what they are in Llama 2's model, where null is as good as absent, false or nothing. */
const SETTINGS = {
  type: "BPE",
  byte_fallback: true,
  dropout: null,
  continuing_subword_prefix: null,
  end_of_word_suffix: null,
  ignore_merges: null,
};

/**
 * Reads a `tokenizer.json` of Hugging Face's tokenizers.
 *
 * Source: huggingface/tokenizers, `src/models/bpe/serialization.rs` and `src/tokenizer/added_vocabulary.rs`.
 *
 * @param bytes - the whole file
 * @throws TokenizerError
 */
export function readHuggingFace(bytes: Uint8Array): Vocabulary {
  const file = expectType(readJson(bytes), "the file", "object");
  const { model: modelValue, added_tokens = [] } = file;
  const model: JsonObject = { type: "BPE", ...expectType(modelValue, "model", "object") };
  for (const [name, wanted] of Object.entries(SETTINGS)) {
    requireSetting(`model.${name}`, model[name] || null, wanted);
  }
  const { unk_token = "<unk>", vocab: vocabValue, merges } = model;
  const [prefix, splitsAtSpaces] = readSpaces(file);
  const texts: string[] = [];
  const kinds: number[] = [];
  const ids = new Map<unknown, number>();
  const strips = new Map<number, Strip>();

  /** Gives a text an id, or a text that has it the kind of an added token. */
  const set = (value: unknown, text: string, kind: number, path: string): number => {
    const id = expectId(value, path);
    const known = texts[id];
    if (known && known !== text) {
      fail("MALFORMED", `id ${id} is already that of ${describe(known)}.`, path);
    }
    while (texts.length <= id) kinds[texts.push("") - 1] = UNUSED;
    texts[id] = text;
    if (!known || kinds[id] === NORMAL) kinds[id] = kind;
    ids.set(text, id);
    return id;
  };
  const vocab = expectType(vocabValue, "model.vocab", "object");
  for (const text of Object.keys(vocab)) {
    const kind = text === unk_token ? UNKNOWN : BYTE_NAME.test(text) ? BYTE : NORMAL;
    set(vocab[text], text, kind, `model.vocab[${JSON.stringify(text)}]`);
  }
  for (const [index, value] of expectType(added_tokens, "added_tokens", "array").entries()) {
    const path = `added_tokens[${index}]`;
    const token = expectType(value, path, "object");
    const { id, content, special, single_word } = token;
    requireSetting(`${path}.single_word`, single_word || false, false);
    const kind = special ? CONTROL : USER_DEFINED;
    strips.set(set(id, expectType(content, path, "string"), kind, path), token);
  }
  const idOf = (text: unknown): number =>
    ids.get(text) ?? fail("UNSUPPORTED", `there is no token ${describe(text)}.`, "model.vocab");
  const pieces = packPieces(texts, kinds);
  return {
    ...pieces,
    unkId: idOf(unk_token),
    bosId: idOf("<s>"),
    eosId: idOf("</s>"),
    tables: makeTables(pieces, () => readMerges(merges, ids, kinds), splitsAtSpaces),
    prefix,
    strips,
  };
}

/** The merges in their order. Each has a rank of its own, unlike SentencePiece's, whose rank is that of the result. */
function readMerges(
  value: unknown,
  ids: ReadonlyMap<unknown, number>,
  kinds: readonly number[],
): Merges {
  const merges = expectType(value, "model.merges", "array");
  const numbers = new Map<number, number>();
  const made = new Uint16Array(merges.length);
  for (const [rank, merge] of merges.entries()) {
    const path = `model.merges[${rank}]`;
    // A merge is `["a", "b"]`, or `"a b"` in older files.
    const parts = Array.isArray(merge) ? merge : expectType(merge, path, "string").split(" ");
    const [left, right, ...others] = parts.map((text) => ids.get(text));
    const result = left !== undefined && right !== undefined ? ids.get(parts.join("")) : undefined;
    if (left === undefined || right === undefined || result === undefined || others.length > 0) {
      fail("MALFORMED", "a merge needs two tokens of the vocabulary that make a third.", path);
    }
    made[rank] = result;
    const key = (left << 16) | right;
    // Special tokens can be in the merges. They must not come from plain text.
    const areNormal = [left, right, result].every((id) => kinds[id] === NORMAL);
    if (areNormal && !numbers.has(key)) numbers.set(key, rank);
  }
  const find = (left: number, right: number) => numbers.get((left << 16) | right) ?? -1;
  return rememberMerges(find, Int32Array.from(made.keys()), made);
}
