import { TOKEN_TYPES } from "./tokenizer-data.ts";

/** SentencePiece's stand-in for a space. */
const SPACE = "\u2581";

/** The score that Llama 2's tokenizer gives to pieces of spaces alone, which are made last. */
const LAST = -1e9;

/** The score that llama.cpp's converter gives to added tokens, which are never made from others. */
export const ADDED_SCORE = -1000;

/**
 * Merges for a `tokenizer.json`, from the scores of a `tokenizer.model`: all pairs of tokens that make a third,
 * in the order in which those are made.
 *
 * Source: `generate_merges` in huggingface/transformers, `src/transformers/convert_slow_tokenizer.py`.
 */
export function mergesOfScores(
  tokens: readonly string[],
  scores: readonly number[],
  types: readonly number[],
): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: Merge[] = [];
  for (const [id, token] of tokens.entries()) {
    if (types[id] !== TOKEN_TYPES.normal) continue;
    for (let cut = 1; cut < token.length; cut++) {
      const left = ids.get(token.slice(0, cut));
      if (left === undefined) continue;
      const right = ids.get(token.slice(cut));
      if (right !== undefined) merges.push({ score: scores[id] ?? 0, left, right });
    }
  }
  const lengths = tokens.map((token) => [...token].length);
  const longer = (a: number, b: number) => (lengths[b] ?? 0) - (lengths[a] ?? 0);
  merges.sort(
    (a, b) =>
      b.score - a.score ||
      longer(a.left, b.left) ||
      longer(a.right, b.right) ||
      a.left - b.left ||
      a.right - b.right,
  );
  return merges.map(({ left, right }) => [tokens[left] ?? "", tokens[right] ?? ""]);
}

/** Two tokens, by their ids, and the score of the one that they make. */
interface Merge {
  readonly score: number;
  readonly left: number;
  readonly right: number;
}

/**
 * Scores for a GGUF, from the merges of a `tokenizer.json`: whatever is made earlier has a higher one. Of Llama 2's
 * own merges come its own scores. (llama.cpp's converter gives all tokens -1000, with which "understand" is cut into
 * "unders", "tan" and "d".)
 *
 * Source of that: `get_token_score` of `LlamaHfVocab` in ggml-org/llama.cpp, `gguf-py/gguf/vocab.py`.
 *
 * @param tokens - the normal tokens, by id
 * @param made - the token that each merge makes, in the order of the merges
 */
export function scoresOfMerges(tokens: readonly string[], made: Iterable<string>): number[] {
  const ranks = new Map<string, number>();
  for (const token of made) if (!ranks.has(token) && !isSpaces(token)) ranks.set(token, ranks.size);
  const inOrder = tokens.map((token) => ranks.get(token)).filter((rank) => rank !== undefined);
  // SentencePiece numbers tokens as it makes them, and scores them by that.
  const isById = inOrder.every((rank, index) => rank === index);
  let last = ranks.size;
  return tokens.map((token, index) => {
    if (isSpaces(token)) return LAST;
    return -(isById ? index : (ranks.get(token) ?? last++));
  });
}

/** Whether a token is of spaces alone. */
function isSpaces(token: string): boolean {
  return token.split("").every((character) => character === SPACE);
}
