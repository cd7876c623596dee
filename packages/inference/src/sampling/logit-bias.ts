import { type Candidates, withLogits } from "./candidates.ts";

/** Adds to the logits of some tokens; minus infinity bans. */
export function applyLogitBias(
  candidates: Candidates,
  bias: ReadonlyMap<number, number>,
): Candidates {
  if (bias.size === 0) return candidates;
  const { ids, logits } = candidates;
  const changed = logits.map((logit, index) => logit + (bias.get(ids[index] ?? -1) ?? 0));
  return withLogits(candidates, changed, false);
}
