import { makeTables } from "./encoder.ts";
import { mergesByScore } from "./merges-by-score.ts";
import { packPieces } from "./pieces.ts";
import type { Vocabulary } from "./vocabulary.ts";

/**
 * Makes the vocabulary of a file that has a score for each piece.
 *
 * @param texts - of the pieces
 * @param kinds - what each is for
 * @param scores - the higher, the earlier a piece is made
 * @param ids - those of the unknown token, BOS and EOS
 * @param prefix - where spaces go that a text does not have
 * @throws TokenizerError
 */
export function scoredVocabulary(
  texts: readonly string[],
  kinds: readonly number[],
  scores: readonly number[],
  [unkId, bosId, eosId]: readonly [number, number, number],
  prefix: number,
): Vocabulary {
  const pieces = packPieces(texts, kinds);
  const tables = makeTables(pieces, (symbols) => mergesByScore(symbols, ranksOf(scores)));
  return { ...pieces, tables, unkId, bosId, eosId, prefix };
}

/** The ranks of scores. Equal scores have one rank. */
function ranksOf(scores: readonly number[]): Int32Array {
  const descending = [...new Set(scores)].sort((a, b) => b - a);
  const ranks = new Map(descending.map((score, rank) => [score, rank]));
  return Int32Array.from(scores, (score) => ranks.get(score) as number);
}
