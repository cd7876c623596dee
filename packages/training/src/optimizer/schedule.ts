/** How the learning rate changes over a training, by the names of transformers' `SchedulerType`. */
export type ScheduleName = "linear" | "cosine" | "constant" | "constant_with_warmup";

/**
 * The part of the learning rate that a step has. All but `constant` rise to it linearly over the warmup first;
 * then `linear` falls to 0 in a line and `cosine` in half a wave.
 *
 * Source: huggingface/transformers, `optimization.py`.
 *
 * @param name - which schedule
 * @param step - steps done before, from 0
 * @param steps - `warmup` steps, and `total` steps of the training
 * @example
 * ```ts
 * learningRateFactor("linear", 0, { warmup: 0, total: 100 }); // 1
 * ```
 */
export function learningRateFactor(
  name: ScheduleName,
  step: number,
  { warmup, total }: { readonly warmup: number; readonly total: number },
): number {
  if (name === "constant") return 1;
  if (step < warmup) return step / Math.max(1, warmup);
  if (name === "constant_with_warmup") return 1;
  const progress = (step - warmup) / Math.max(1, total - warmup);
  if (name === "linear") return Math.max(0, 1 - progress);
  return Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
}
