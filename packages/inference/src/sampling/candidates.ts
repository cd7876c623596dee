/**
 * The tokens that may come next. Samplers never change one: they return another, which may share its arrays.
 *
 * Everything is computed in 32 bits as llama.cpp does it, so that the same tokens survive.
 */
export interface Candidates {
  readonly ids: Int32Array;
  /** Known up to a constant that is the same for all; minus infinity is impossible. */
  readonly logits: Float32Array;
  /** Whether the likeliest comes first. Where not, any order. */
  readonly sorted: boolean;
}

/** Makes candidates of logits whose place is the token's id. */
export function candidatesOf(logits: ArrayLike<number>): Candidates {
  return {
    ids: Int32Array.from({ length: logits.length }, (_, id) => id),
    logits: Float32Array.from(logits),
    sorted: false,
  };
}

/** Sorts, the likeliest first; of two that are equally likely, the one that came first. */
export function sortCandidates(candidates: Candidates): Candidates {
  if (candidates.sorted) return candidates;
  return { ...pick(candidates, likeliestFirst(candidates)), sorted: true };
}

/** The places of the candidates as sorting would put them. */
export function likeliestFirst({ logits, sorted }: Candidates): readonly number[] {
  const places = Array.from(logits.keys());
  return sorted ? places : places.sort((a, b) => descending(logits[a], logits[b]));
}

/** Not a subtraction, which is no number for two infinities. */
function descending(a = 0, b = 0): number {
  return a === b ? 0 : a > b ? -1 : 1;
}

/** The candidates at some places, in that order. */
export function pick(candidates: Candidates, places: readonly number[]): Candidates {
  const ids = new Int32Array(places.length);
  const logits = new Float32Array(places.length);
  places.forEach((place, index) => {
    ids[index] = candidates.ids[place] ?? -1;
    logits[index] = candidates.logits[place] ?? Number.NEGATIVE_INFINITY;
  });
  return { ids, logits, sorted: candidates.sorted };
}

/** The candidates from one place to before another, without a copy. */
export function slice(candidates: Candidates, start: number, end: number): Candidates {
  const { ids, logits, sorted } = candidates;
  return { ids: ids.subarray(start, end), logits: logits.subarray(start, end), sorted };
}

/** The candidates with other logits. */
export function withLogits(
  candidates: Candidates,
  logits: Float32Array,
  sorted: boolean,
): Candidates {
  return { ids: candidates.ids, logits, sorted };
}

/** The highest logit; minus infinity where there is none. */
export function highestLogit({ logits, sorted }: Candidates): number {
  if (sorted) return logits[0] ?? Number.NEGATIVE_INFINITY;
  return logits.reduce((highest, logit) => Math.max(highest, logit), Number.NEGATIVE_INFINITY);
}

/** The probabilities at temperature 1: exp(logit), scaled to add up to 1. */
export function softmax(candidates: Candidates): Float32Array {
  const highest = highestLogit(candidates);
  const probabilities = candidates.logits.map((logit) => Math.exp(logit - highest));
  let sum = 0;
  for (const probability of probabilities) sum = Math.fround(sum + probability);
  return probabilities.map((probability) => probability / sum);
}

/** The entropy of probabilities in nats: how unsure they are. */
export function entropyOf(probabilities: Float32Array): number {
  let entropy = 0;
  for (const probability of probabilities) {
    // What is impossible adds nothing, though its logarithm is infinite.
    if (probability > 0) entropy -= probability * Math.log(probability);
  }
  return entropy;
}
