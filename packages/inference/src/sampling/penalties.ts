import { type Candidates, withLogits } from "./candidates.ts";

/** Strengths of the three penalties. */
export interface Penalties {
  /** 1 is off. */
  readonly repeatPenalty: number;
  /** 0 is off. */
  readonly frequencyPenalty: number;
  /** 0 is off. */
  readonly presencePenalty: number;
}

/**
 * Makes recent tokens less likely: by a factor (CTRL, Keskar et al. 2019, https://arxiv.org/abs/1909.05858), and by
 * a sum for each occurrence and for occurring at all (OpenAI's frequency and presence penalties).
 *
 * As in llama.cpp, a logit that is not positive is multiplied where the paper divides, which would make the token
 * likelier. So the logits must be the model's own here, not shifted ones.
 *
 * @param recent - the tokens to look at, each as often as it occurred
 */
export function applyPenalties(
  candidates: Candidates,
  recent: Iterable<number>,
  { repeatPenalty, frequencyPenalty, presencePenalty }: Penalties,
): Candidates {
  const counts = new Map<number, number>();
  for (const token of recent) counts.set(token, (counts.get(token) ?? 0) + 1);
  const { ids, logits } = candidates;
  const changed = logits.map((logit, index) => {
    const count = counts.get(ids[index] ?? -1);
    if (count === undefined) return logit;
    const scaled = logit <= 0 ? logit * repeatPenalty : logit / repeatPenalty;
    return scaled - (count * frequencyPenalty + presencePenalty);
  });
  return withLogits(candidates, changed, false);
}
