/**
 * Has a controller abort when a signal fires, or at once where it has. `AbortSignal.any` does as much, but what it makes
 * lives as long as its sources do: this one lets go.
 *
 * @returns lets go of the signal
 */
export function follow(controller: AbortController, signal: AbortSignal | undefined): () => void {
  const abort = () => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort);
  return () => signal?.removeEventListener("abort", abort);
}
