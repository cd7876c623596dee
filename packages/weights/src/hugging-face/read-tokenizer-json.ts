import { describe, WeightsError } from "../error.ts";
import { isJsonObject, type JsonObject } from "../files/parse-json.ts";
import { ADDED_SCORE, scoresOfMerges } from "./merges.ts";
import type { SentencePieceModel } from "./read-sentencepiece.ts";
import { MAX_TOKENS, TOKEN_TYPES } from "./tokenizer-data.ts";

const BYTE_NAME = /^<0x[0-9A-F]{2}>$/;

/**
 * Reads the tokens of a `tokenizer.json` that works as Llama 2's does: merges, with bytes for what has no token.
 *
 * Source: huggingface/tokenizers, `src/models/bpe/serialization.rs`.
 *
 * @throws WeightsError `BAD_TOKENIZER` or `UNSUPPORTED`
 */
export function readTokenizerJson(json: JsonObject, path: string): SentencePieceModel {
  const fail: Fail = (problem) =>
    new WeightsError("BAD_TOKENIZER", `${path} is a damaged tokenizer.json: ${problem}.`, { path });
  const { model, added_tokens: added = [] } = { model: undefined, ...json } as JsonObject;
  if (!isJsonObject(model)) throw fail("it has no model");
  const { type = "BPE", byte_fallback: hasBytes, vocab, merges, unk_token: unknown } = { ...model };
  if (type !== "BPE" || hasBytes !== true) {
    const message = `${path} is no tokenizer of Llama 2's kind, with merges and byte fallback.`;
    throw new WeightsError("UNSUPPORTED", message, { path });
  }
  if (!isJsonObject(vocab) || !Array.isArray(merges) || !Array.isArray(added)) {
    throw fail("it has no vocab, merges or added_tokens");
  }
  const table = new TokenTable(fail);
  for (const [token, id] of Object.entries(vocab)) table.set(id, token, typeOf(token, unknown));
  for (const entry of added) table.add(entry);
  table.score(scoresOfMerges(table.normalTokens(), products(merges, fail)));
  const { tokens, types, scores } = table;
  return { tokens, types, scores, addsSpace: true };
}

type Fail = (problem: string) => WeightsError;

function typeOf(token: string, unknown: unknown): number {
  if (BYTE_NAME.test(token)) return TOKEN_TYPES.byte;
  return token === unknown ? TOKEN_TYPES.unknown : TOKEN_TYPES.normal;
}

/** Tokens by id, as they are found. */
class TokenTable {
  readonly tokens: string[] = [];
  readonly types: number[] = [];
  readonly scores: number[] = [];
  readonly #fail: Fail;

  constructor(fail: Fail) {
    this.#fail = fail;
  }

  set(id: unknown, token: unknown, type: number): void {
    const isId = Number.isInteger(id) && Number(id) >= 0 && Number(id) < MAX_TOKENS;
    if (!isId || typeof token !== "string") {
      throw this.#fail(`a token is ${describe(token)} with the id ${describe(id)}`);
    }
    for (let next = this.tokens.length; next <= Number(id); next++) {
      this.tokens.push(`[PAD${next}]`);
      this.types.push(TOKEN_TYPES.unused);
      this.scores.push(0);
    }
    this.tokens[Number(id)] = token;
    this.types[Number(id)] = type;
  }

  /** Takes an entry of `added_tokens`. */
  add(entry: unknown): void {
    if (!isJsonObject(entry)) throw this.#fail("an added token is no object");
    const { id, content, special } = { ...entry };
    this.set(id, content, special === true ? TOKEN_TYPES.control : TOKEN_TYPES.userDefined);
    this.scores[Number(id)] = ADDED_SCORE;
  }

  normalTokens(): string[] {
    return this.tokens.filter((_, id) => this.types[id] === TOKEN_TYPES.normal);
  }

  /** Takes the scores of the normal tokens. */
  score(scores: readonly number[]): void {
    let next = 0;
    for (const [id, type] of this.types.entries()) {
      if (type === TOKEN_TYPES.normal) this.scores[id] = scores[next++] ?? 0;
    }
  }
}

/** What each merge makes. A merge is a pair, or in older files a text with a space in the middle. */
function* products(
  merges: readonly unknown[],
  fail: (problem: string) => Error,
): Generator<string> {
  for (const merge of merges) {
    const parts = typeof merge === "string" ? merge.split(" ") : merge;
    const isPair = Array.isArray(parts) && parts.length === 2;
    if (!isPair || !parts.every((part) => typeof part === "string")) {
      throw fail(`a merge is ${describe(merge)}`);
    }
    yield parts.join("");
  }
}
