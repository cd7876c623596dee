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
  const fail = (problem: string) =>
    new WeightsError("BAD_TOKENIZER", `${path} is a damaged tokenizer.json: ${problem}.`, { path });
  const model = json["model"];
  if (!isJsonObject(model)) throw fail("it has no model");
  const { vocab, merges, type = "BPE", byte_fallback, unk_token } = model;
  if (type !== "BPE" || byte_fallback !== true) {
    throw new WeightsError(
      "UNSUPPORTED",
      `${path} is no tokenizer of Llama 2's kind, with merges and byte fallback.`,
      {
        path,
      },
    );
  }
  if (!isJsonObject(vocab) || !Array.isArray(merges)) throw fail("it has no vocab or no merges");
  const tokens: string[] = [];
  const types: number[] = [];
  const set = (id: unknown, token: unknown, tokenType: number) => {
    if (
      typeof id !== "number" ||
      !Number.isInteger(id) ||
      id < 0 ||
      id >= MAX_TOKENS ||
      typeof token !== "string"
    ) {
      throw fail(`a token is ${describe(token)} with the id ${describe(id)}`);
    }
    while (tokens.length <= id)
      types[tokens.push(`[PAD${tokens.length}]`) - 1] = TOKEN_TYPES.unused;
    tokens[id] = token;
    types[id] = tokenType;
  };
  for (const [token, id] of Object.entries(vocab)) {
    const isByte = BYTE_NAME.test(token);
    set(
      id,
      token,
      isByte ? TOKEN_TYPES.byte : token === unk_token ? TOKEN_TYPES.unknown : TOKEN_TYPES.normal,
    );
  }
  const scores = scoresOfMerges(
    tokens.filter((_, id) => types[id] === TOKEN_TYPES.normal),
    products(merges, fail),
  );
  let next = 0;
  const allScores = types.map((tokenType) =>
    tokenType === TOKEN_TYPES.normal ? (scores[next++] ?? 0) : 0,
  );
  for (const added of arrayOf(json["added_tokens"])) {
    if (!isJsonObject(added)) throw fail("an added token is no object");
    set(
      added["id"],
      added["content"],
      added["special"] === true ? TOKEN_TYPES.control : TOKEN_TYPES.userDefined,
    );
    allScores[added["id"] as number] = ADDED_SCORE;
  }
  return { tokens, types, scores: tokens.map((_, id) => allScores[id] ?? 0), addsSpace: true };
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What each merge makes. A merge is a pair, or in older files a text with a space in the middle. */
function* products(
  merges: readonly unknown[],
  fail: (problem: string) => Error,
): Generator<string> {
  for (const merge of merges) {
    const parts = typeof merge === "string" ? merge.split(" ") : merge;
    if (!Array.isArray(parts) || parts.length !== 2) throw fail(`a merge is ${describe(merge)}`);
    yield parts.join("");
  }
}
