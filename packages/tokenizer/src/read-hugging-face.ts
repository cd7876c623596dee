import { TokenizerError } from "./error.ts";
import { arrayAt, idAt, type JsonObject, objectAt, stringAt } from "./json-value.ts";
import { MAX_PIECES } from "./limits.ts";
import { type Merges, remembered } from "./merges.ts";
import { BYTE, CONTROL, NORMAL, packPieces, UNKNOWN, UNUSED, USER_DEFINED } from "./pieces.ts";
import { readJson } from "./read-json.ts";
import { readSpaces } from "./spaces-in-json.ts";
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
  const file = objectAt(readJson(bytes), "the file");
  const model = objectAt(file["model"], "model");
  checkModel(model);
  const { prefix, splitsAtSpaces } = readSpaces(file);
  const unknown = stringAt(model["unk_token"] ?? "<unk>", "model.unk_token");
  const vocabulary = new JsonVocabulary(objectAt(model["vocab"], "model.vocab"), unknown);
  vocabulary.addTokens(arrayAt(file["added_tokens"] ?? [], "added_tokens"));
  const { texts, kinds, strips } = vocabulary;
  const merges = arrayAt(model["merges"], "model.merges");
  const placeOf = (id: number) => `model.vocab[${JSON.stringify(texts[id])}]`;
  const pieces = packPieces(texts, kinds);
  return {
    ...pieces,
    unkId: vocabulary.require(unknown),
    bosId: vocabulary.require("<s>"),
    eosId: vocabulary.require("</s>"),
    tables: makeTables(pieces, () => vocabulary.readMerges(merges), splitsAtSpaces, placeOf),
    prefix,
    strips,
  };
}

function checkModel(model: JsonObject): void {
  const foreign = FOREIGN.find((name) => model[name]);
  const type = model["type"] ?? "BPE";
  const problem =
    type !== "BPE"
      ? `the tokenizer is of the type ${type}, and Llama 2's is BPE`
      : foreign
        ? `Llama 2's tokenizer has no ${foreign}`
        : model["byte_fallback"] !== true
          ? "byte_fallback must be true, as Llama 2's is; GPT-2's and Llama 3's are tokenizers of another kind"
          : "";
  if (problem !== "") throw new TokenizerError("UNSUPPORTED", `${problem}.`, { place: "model" });
}

class JsonVocabulary {
  readonly texts: string[] = [];
  readonly kinds: number[] = [];
  readonly strips = new Map<number, Strip>();
  readonly #ids = new Map<string, number>();

  constructor(vocab: JsonObject, unknown: string) {
    for (const text of Object.keys(vocab)) {
      const kind = text === unknown ? UNKNOWN : BYTE_NAME.test(text) ? BYTE : NORMAL;
      this.#set(vocab[text], text, kind, `model.vocab[${JSON.stringify(text)}]`);
    }
  }

  addTokens(added: readonly unknown[]): void {
    for (const [index, value] of added.entries()) {
      const path = `added_tokens[${index}]`;
      const token = objectAt(value, path);
      const text = stringAt(token["content"], `${path}.content`);
      const id = this.#set(token["id"], text, token["special"] ? CONTROL : USER_DEFINED, path);
      if (token["single_word"]) {
        throw new TokenizerError("UNSUPPORTED", "single_word is not supported.", { place: path });
      }
      const left = token["lstrip"] === true;
      const right = token["rstrip"] === true;
      if (left || right) this.strips.set(id, { left, right });
    }
  }

  require(text: string): number {
    const id = this.#ids.get(text);
    if (id !== undefined) return id;
    throw new TokenizerError("UNSUPPORTED", `there is no token ${text}.`, { place: "model.vocab" });
  }

  /** The pairs in their order. Each has a rank of its own, unlike SentencePiece's, whose rank is that of the result. */
  readMerges(merges: readonly unknown[]): Merges {
    const numbers = new Map<number, number>();
    const made = new Uint16Array(merges.length);
    const ranks = new Int32Array(merges.length);
    const { kinds } = this;
    for (let rank = 0; rank < merges.length; rank++) {
      const [left, right] = readMerge(merges[rank], rank);
      const leftId = this.#ids.get(left) ?? -1;
      const rightId = this.#ids.get(right) ?? -1;
      const merged = this.#ids.get(left + right) ?? -1;
      if (leftId < 0 || rightId < 0 || merged < 0) {
        const problem = "both parts of a merge, and what they make, must be in the vocabulary.";
        throw new TokenizerError("MALFORMED", problem, { place: `model.merges[${rank}]` });
      }
      // Special tokens can be in the merges. They must not come from plain text.
      const areNormal =
        kinds[leftId] === NORMAL && kinds[rightId] === NORMAL && kinds[merged] === NORMAL;
      const key = (leftId << 16) | rightId;
      if (areNormal && !numbers.has(key)) numbers.set(key, rank);
      made[rank] = merged;
      ranks[rank] = rank;
    }
    const find = (left: number, right: number) => numbers.get((left << 16) | right) ?? -1;
    return { made, ranks, find: remembered(find) };
  }

  /** Gives a text an id, or a text that has it the kind of an added token. */
  #set(value: unknown, text: string, kind: number, path: string): number {
    const id = idAt(value, path, MAX_PIECES);
    const known = this.texts[id];
    if (known && known !== text) {
      const problem = `id ${id} is already that of ${JSON.stringify(known)}.`;
      throw new TokenizerError("MALFORMED", problem, { place: path });
    }
    while (this.texts.length <= id) {
      this.texts.push("");
      this.kinds.push(UNUSED);
    }
    this.texts[id] = text;
    if (!known || this.kinds[id] === NORMAL) this.kinds[id] = kind;
    this.#ids.set(text, id);
    return id;
  }
}

/** A merge is `["a", "b"]`, or `"a b"` in older files. */
function readMerge(merge: unknown, rank: number): readonly string[] & [string, string] {
  const path = `model.merges[${rank}]`;
  const [left, right] = Array.isArray(merge) ? merge : stringAt(merge, path).split(" ");
  return [stringAt(left, path), stringAt(right, path)];
}
