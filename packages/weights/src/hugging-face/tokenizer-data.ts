import { describe, WeightsError } from "../error.ts";

/** What a token is for. The numbers are those of `tokenizer.model` and of GGUF. */
export const TOKEN_TYPES = {
  normal: 1,
  unknown: 2,
  control: 3,
  userDefined: 4,
  unused: 5,
  byte: 6,
} as const;

/** A tokenizer as all of its files have it: tokens by id, and which of them begin and end texts. */
export interface TokenizerData {
  readonly tokens: readonly string[];
  /** The higher, the earlier a token is made. */
  readonly scores: readonly number[];
  /** See `TOKEN_TYPES`. */
  readonly types: readonly number[];
  readonly ids: SpecialIds;
  /** Whether a text gets BOS in front. Undefined where no file says so. */
  readonly addsBos?: boolean | undefined;
  /** Whether a text gets EOS behind. */
  readonly addsEos?: boolean | undefined;
  /** Whether a text gets a space in front. */
  readonly addsSpace?: boolean | undefined;
  /** Chat templates by name, in Jinja; the usual one is called `default`. */
  readonly templates: ReadonlyMap<string, string>;
}

/** Ids of special tokens. */
export interface SpecialIds {
  readonly bos?: number | undefined;
  readonly eos?: number | undefined;
  readonly unk?: number | undefined;
  readonly pad?: number | undefined;
}

/** Tokens of a vocabulary at most, to be believed: four times the largest there is. */
export const MAX_TOKENS: number = 2 ** 20;

/**
 * No two tokens may be the same text. A `tokenizer.json` has room for one of them only, and llama.cpp ends its process
 * over the other.
 *
 * Source: `llama_vocab::impl::load` in ggml-org/llama.cpp, `src/llama-vocab.cpp`, which asserts it.
 *
 * @throws WeightsError `BAD_TOKENIZER`
 */
export function requireDistinctTokens(tokens: readonly string[]): void {
  const ids = new Map<string, number>();
  for (const [id, token] of tokens.entries()) {
    const first = ids.get(token);
    if (first !== undefined) {
      const what = `has ${describe(token)} twice, as token ${first} and as token ${id}`;
      const advice = "Give one of them another text in the tokenizer's files";
      throw new WeightsError("BAD_TOKENIZER", `The tokenizer ${what}. ${advice}.`);
    }
    ids.set(token, id);
  }
}
