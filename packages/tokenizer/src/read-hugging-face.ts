import { fail } from "./error.ts";
import { arrayAt, idAt, type JsonObject, objectAt, readJson, stringAt } from "./json.ts";
import { readSpaces } from "./json-spaces.ts";
import { MAX_PIECES } from "./limits.ts";
import { type Merges, remembered } from "./merges.ts";
import { BYTE, CONTROL, NORMAL, packPieces, UNKNOWN, UNUSED, USER_DEFINED } from "./pieces.ts";
import { makeTables } from "./tables.ts";
import type { Strip, Vocabulary } from "./vocabulary.ts";

const BYTE_NAME = /^<0x[0-9A-F]{2}>$/;

/** Settings that Llama 2's model does not have, each of which changes ids. */
const FOREIGN = ["dropout", "continuing_subword_prefix", "end_of_word_suffix", "ignore_merges"];

/**
 * Reads a `tokenizer.json` of Hugging Face's tokenizers.
 *
 * Source: huggingface/tokenizers, `src/models/bpe/serialization.rs` and `src/tokenizer/added_vocabulary.rs`.
 *
 * @param bytes - the whole file
 * @throws TokenizerError
 */
export function readHuggingFace(bytes: Uint8Array): Vocabulary {
  const { model: modelValue, added_tokens = [], ...file } = objectAt(readJson(bytes), "the file");
  const model = objectAt(modelValue, "model");
  const { unk_token = "<unk>", vocab: vocabValue, merges: mergesValue } = model;
  checkModel(model);
  const { prefix, splitsAtSpaces } = readSpaces(file);
  const texts: string[] = [];
  const kinds: number[] = [];
  const ids = new Map<string, number>();
  const strips = new Map<number, Strip>();

  /** Gives a text an id, or a text that has it the kind of an added token. */
  const set = (value: unknown, text: string, kind: number, path: string): number => {
    const id = idAt(value, path, MAX_PIECES);
    const known = texts[id];
    if (known && known !== text) {
      fail("MALFORMED", `id ${id} is already that of ${JSON.stringify(known)}.`, path);
    }
    while (texts.length <= id) kinds[texts.push("") - 1] = UNUSED;
    texts[id] = text;
    if (!known || kinds[id] === NORMAL) kinds[id] = kind;
    ids.set(text, id);
    return id;
  };
  const vocab = objectAt(vocabValue, "model.vocab");
  for (const text of Object.keys(vocab)) {
    const kind = text === unk_token ? UNKNOWN : BYTE_NAME.test(text) ? BYTE : NORMAL;
    set(vocab[text], text, kind, `model.vocab[${JSON.stringify(text)}]`);
  }
  for (const [index, value] of arrayAt(added_tokens, "added_tokens").entries()) {
    const path = `added_tokens[${index}]`;
    const { id: given, content, special, single_word, lstrip, rstrip } = objectAt(value, path);
    if (single_word) fail("UNSUPPORTED", "single_word is not supported.", path);
    const id = set(given, stringAt(content, path), special ? CONTROL : USER_DEFINED, path);
    if (lstrip || rstrip) strips.set(id, { left: !!lstrip, right: !!rstrip });
  }
  const idOf = (text: string): number =>
    ids.get(text) ?? fail("UNSUPPORTED", `there is no token ${text}.`, "model.vocab");
  const pieces = packPieces(texts, kinds);
  const merges = readMerges(mergesValue, ids, kinds);
  return {
    ...pieces,
    unkId: idOf(stringAt(unk_token, "model.unk_token")),
    bosId: idOf("<s>"),
    eosId: idOf("</s>"),
    tables: makeTables(pieces, () => merges, splitsAtSpaces),
    prefix,
    strips,
  };
}

function checkModel(model: JsonObject): void {
  const { type = "BPE", byte_fallback } = model;
  const foreign = FOREIGN.find((name) => model[name]);
  if (type === "BPE" && byte_fallback === true && !foreign) return;
  const problem = `this is ${type} with byte_fallback ${byte_fallback} and ${foreign ?? "no more"}`;
  fail("UNSUPPORTED", `${problem}: Llama 2's is BPE with byte_fallback true.`, "model");
}

/** The merges in their order. Each has a rank of its own, unlike SentencePiece's, whose rank is that of the result. */
function readMerges(
  value: unknown,
  ids: ReadonlyMap<string, number>,
  kinds: readonly number[],
): Merges {
  const merges = arrayAt(value, "model.merges");
  const numbers = new Map<number, number>();
  const made = new Uint16Array(merges.length);
  const ranks = Int32Array.from(made.keys());
  for (const [rank, merge] of merges.entries()) {
    const path = `model.merges[${rank}]`;
    // A merge is `["a", "b"]`, or `"a b"` in older files.
    const parts = Array.isArray(merge) ? merge : stringAt(merge, path).split(" ");
    const [left, right, result] = [parts[0], parts[1], parts.join("")].map((text) => ids.get(text));
    if (left === undefined || right === undefined || result === undefined || parts.length !== 2) {
      fail("MALFORMED", "a merge needs two tokens of the vocabulary that make a third.", path);
    }
    made[rank] = result;
    const key = (left << 16) | right;
    // Special tokens can be in the merges. They must not come from plain text.
    const areNormal = [left, right, result].every((id) => kinds[id] === NORMAL);
    if (areNormal && !numbers.has(key)) numbers.set(key, rank);
  }
  const find = (left: number, right: number) => numbers.get((left << 16) | right) ?? -1;
  return { made, ranks, find: remembered(find) };
}
