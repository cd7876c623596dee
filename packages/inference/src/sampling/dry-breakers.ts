import type { LlamaModel, Token } from "node-llama-cpp";
import type { Breakers } from "./dry.ts";

/** llama.cpp's limits to a breaker: characters of it, and tokens after its first one. */
const LONGEST_BREAKER = 40;
const LONGEST_TAIL = 20;

/** The texts of all tokens of a model. */
const pieces = new WeakMap<LlamaModel, readonly string[]>();

/** The breakers that a model's generations use, by their texts: mostly the default ones. */
const kept = new WeakMap<LlamaModel, Map<string, Breakers>>();
const MOST_KEPT = 16;

/**
 * Finds the tokens that a sequence breaker of DRY may be made of: those that contain it, and those that end with
 * its beginning, with the tokens of its rest (llama.cpp's `get_overlapping_token_sequences`, which with Llama 2's
 * vocabulary expects a space in front of the rest, and so never finds a breaker of several tokens).
 *
 * The first call for a model looks at its whole vocabulary, which takes some 70 ms.
 */
export function findBreakers(model: LlamaModel, breakers: readonly string[]): Breakers {
  const forModel = kept.get(model) ?? new Map<string, Breakers>();
  kept.set(model, forModel);
  const key = JSON.stringify(breakers);
  const known = forModel.get(key);
  if (known) return known;
  const found = new Map<number, number[][]>();
  for (const breaker of breakers) {
    const text = breaker.slice(0, LONGEST_BREAKER);
    piecesOf(model).forEach((piece, token) => {
      for (const tail of tailsOf(piece, text, model)) addTail(found, token, tail);
    });
  }
  if (forModel.size >= MOST_KEPT) forModel.clear();
  forModel.set(key, found);
  return found;
}

function piecesOf(model: LlamaModel): readonly string[] {
  const known = pieces.get(model);
  if (known) return known;
  const texts: string[] = [];
  for (const token of model.iterateAllTokens()) texts[token] = model.detokenize([token], true);
  pieces.set(model, texts);
  return texts;
}

/** The tokens that have to follow a piece for it to begin the breaker there; none where the piece contains it. */
function tailsOf(piece: string, breaker: string, model: LlamaModel): (readonly Token[])[] {
  if (piece.includes(breaker)) return [[]];
  const tails: (readonly Token[])[] = [];
  for (let start = 0; start < piece.length; start++) {
    const end = piece.slice(start);
    if (breaker.startsWith(end)) {
      const tail = model.tokenize(breaker.slice(end.length), false, "trimLeadingSpace");
      tails.push(tail.slice(0, LONGEST_TAIL));
    }
  }
  return tails;
}

function addTail(found: Map<number, number[][]>, token: number, tail: readonly number[]): void {
  const tails = found.get(token) ?? [];
  found.set(token, tails);
  const isKnown = tails.some((other) => other.join() === tail.join());
  if (!isKnown) tails.push([...tail]);
}
