/**
 * Reads what may never come, such as a response's body, until a signal aborts it.
 *
 * @param values - what to read
 * @param signal - ends it
 * @returns the values
 * @throws the signal's reason
 */
export async function* abortable<Value>(
  values: AsyncIterable<Value>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Value> {
  signal?.throwIfAborted();
  if (!signal) {
    yield* values;
    return;
  }
  const iterator = values[Symbol.asyncIterator]();
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
  });
  aborted.catch(() => {});
  let ended = false;
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done) {
        ended = true;
        return;
      }
      yield next.value;
      signal.throwIfAborted();
    }
  } finally {
    signal.removeEventListener("abort", abort);
    // Not awaited: a generator that waits for its next value does not return before that comes.
    if (!ended) iterator.return?.().then(undefined, () => {});
  }
}
