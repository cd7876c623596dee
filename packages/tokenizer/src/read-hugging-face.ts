import { TokenizerError } from "./error.ts";
import { arrayAt, idAt, type JsonObject, objectAt, stringAt } from "./json-value.ts";
import { MAX_NORMAL_UNITS, MAX_PIECES } from "./limits.ts";
import { PairTable } from "./pairs.ts";
import {
  BYTE,
  CONTROL,
  HASH_BASE,
  hashUnits,
  NORMAL,
  PieceList,
  UNKNOWN,
  UNUSED,
  USER_DEFINED,
} from "./pieces.ts";
import { readJson } from "./read-json.ts";
import { readSpaces } from "./spaces-in-json.ts";
import { makeTables } from "./tables.ts";
import { checkPieces, type Strip, type Vocabulary } from "./vocabulary.ts";

const BYTE_NAME = /^<0x[0-9A-F]{2}>$/;

/** Settings of the model that Llama 2 has not, and the value that means so. */
const OFF: readonly (readonly [name: string, ...values: unknown[]])[] = [
  ["dropout", 0],
  ["continuing_subword_prefix", ""],
  ["end_of_word_suffix", ""],
  ["ignore_merges", false],
];

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
  const entries = readEntries(model);
  const strips = readAdded(file, entries);
  const pieces = new PieceList();
  for (let id = 0; id < entries.length; id++) {
    const entry = entries[id];
    pieces.add(entry?.text ?? "", entry?.kind ?? UNUSED);
  }
  checkPieces(pieces, (id) => `model.vocab[${JSON.stringify(pieces.text(id))}]`);
  const merges = arrayAt(model["merges"], "model.merges");
  return {
    pieces,
    tables: makeTables(pieces, () => readMerges(merges, pieces), splitsAtSpaces),
    bosId: requireId(pieces, "<s>"),
    eosId: requireId(pieces, "</s>"),
    unkId: requireId(pieces, unknownName(model)),
    prefix,
    strips,
  };
}

function checkModel(model: JsonObject): void {
  const refuse = (path: string, problem: string): never => {
    throw new TokenizerError("UNSUPPORTED", problem, { place: path });
  };
  const type = model["type"] ?? "BPE";
  if (type !== "BPE") refuse("model.type", `this is a ${type} tokenizer, and Llama 2's is BPE.`);
  for (const [name, value] of OFF) {
    const setting = model[name] ?? value;
    if (setting !== value) refuse(`model.${name}`, `Llama 2's tokenizer has no such setting.`);
  }
  if (model["byte_fallback"] !== true) {
    refuse(
      "model.byte_fallback",
      "this must be true, as Llama 2's is: GPT-2's and Llama 3's kind of tokenizer is another one.",
    );
  }
}

function unknownName(model: JsonObject): string {
  return stringAt(model["unk_token"] ?? "<unk>", "model.unk_token");
}

interface Entry {
  readonly text: string;
  kind: number;
}

/** The vocabulary by id, with holes where an id is missing. */
function readEntries(model: JsonObject): (Entry | undefined)[] {
  const vocabulary = objectAt(model["vocab"], "model.vocab");
  const unknown = unknownName(model);
  const entries: (Entry | undefined)[] = [];
  for (const text of Object.keys(vocabulary)) {
    const path = `model.vocab[${JSON.stringify(text)}]`;
    const id = idAt(vocabulary[text], path, MAX_PIECES);
    if (entries[id]) {
      const problem = `id ${id} is also that of ${JSON.stringify(entries[id].text)}.`;
      throw new TokenizerError("MALFORMED", problem, { place: path });
    }
    const isByte = text.length === 6 && BYTE_NAME.test(text);
    entries[id] = { text, kind: isByte ? BYTE : text === unknown ? UNKNOWN : NORMAL };
  }
  return entries;
}

/** Adds the added tokens, which may be in the vocabulary already. Returns what they do to white space beside them. */
function readAdded(file: JsonObject, entries: (Entry | undefined)[]): Map<number, Strip> {
  const strips = new Map<number, Strip>();
  const added = arrayAt(file["added_tokens"] ?? [], "added_tokens");
  for (const [index, value] of added.entries()) {
    const path = `added_tokens[${index}]`;
    const token = objectAt(value, path);
    const id = idAt(token["id"], `${path}.id`, MAX_PIECES);
    const text = stringAt(token["content"], `${path}.content`);
    if (token["single_word"] === true) {
      throw new TokenizerError("UNSUPPORTED", "tokens for single words are not supported.", {
        place: `${path}.single_word`,
      });
    }
    const known = entries[id];
    if (known && known.text !== text) {
      const problem = `id ${id} is that of ${JSON.stringify(known.text)} in the vocabulary.`;
      throw new TokenizerError("MALFORMED", problem, { place: `${path}.id` });
    }
    const entry = known ?? { text, kind: NORMAL };
    if (entry.kind === NORMAL) entry.kind = token["special"] === true ? CONTROL : USER_DEFINED;
    entries[id] = entry;
    const strip = { left: token["lstrip"] === true, right: token["rstrip"] === true };
    if (strip.left || strip.right) strips.set(id, strip);
  }
  return strips;
}

/** The pairs in their order. Each has a rank of its own, unlike SentencePiece's, whose rank is that of the result. */
function readMerges(merges: readonly unknown[], pieces: PieceList): PairTable {
  const pairs = new PairTable();
  const units = new Uint16Array(2 * MAX_NORMAL_UNITS);
  for (let rank = 0; rank < merges.length; rank++) {
    const [left, right] = readMerge(merges[rank], rank);
    const length = left.length + right.length;
    if (length > units.length || left === "" || right === "") throw unknownMerge(rank);
    for (let at = 0; at < left.length; at++) units[at] = left.charCodeAt(at);
    for (let at = 0; at < right.length; at++) units[left.length + at] = right.charCodeAt(at);
    const leftHash = hashUnits(units, 0, left.length);
    const rightHash = hashUnits(units, left.length, length);
    let wholeHash = leftHash;
    for (let at = 0; at < right.length; at++) wholeHash = Math.imul(wholeHash, HASH_BASE);
    wholeHash = (wholeHash + rightHash) | 0;
    const leftId = pieces.find(units, 0, left.length, leftHash);
    const rightId = pieces.find(units, left.length, length, rightHash);
    const merged = pieces.find(units, 0, length, wholeHash);
    if (leftId === -1 || rightId === -1 || merged === -1) throw unknownMerge(rank);
    const { kinds } = pieces;
    // Special tokens can be in the merges. They must not come from plain text.
    const areNormal =
      kinds[leftId] === NORMAL && kinds[rightId] === NORMAL && kinds[merged] === NORMAL;
    if (areNormal) pairs.add(leftId, rightId, merged, rank);
  }
  pairs.build();
  return pairs;
}

/** A merge is `["a", "b"]`, or `"a b"` in older files. */
function readMerge(merge: unknown, rank: number): readonly [string, string] {
  const path = `model.merges[${rank}]`;
  if (Array.isArray(merge)) {
    return [stringAt(merge[0], `${path}[0]`), stringAt(merge[1], `${path}[1]`)];
  }
  const text = stringAt(merge, path);
  const space = text.indexOf(" ");
  return [text.slice(0, Math.max(space, 0)), text.slice(space + 1)];
}

function unknownMerge(rank: number): TokenizerError {
  return new TokenizerError(
    "MALFORMED",
    "both parts of a merge, and what they make, must be in the vocabulary.",
    { place: `model.merges[${rank}]` },
  );
}

function requireId(pieces: PieceList, name: string): number {
  const id = pieces.idOf(name);
  if (id !== -1) return id;
  throw new TokenizerError("UNSUPPORTED", `there is no token ${JSON.stringify(name)}.`, {
    place: "model.vocab",
  });
}
