/**
 * A signal that fires when either of two does. `AbortSignal.any` does as much, but keeps what it made alive for
 * as long as its sources live, which for a model is long: this one lets go at `release`.
 */
export function firstToAbort(
  one: AbortSignal,
  other: AbortSignal,
): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (one.aborted || other.aborted) abort();
  one.addEventListener("abort", abort);
  other.addEventListener("abort", abort);
  return {
    signal: controller.signal,
    release: () => {
      one.removeEventListener("abort", abort);
      other.removeEventListener("abort", abort);
    },
  };
}
