/**
 * Lets one generation at a time use what only one can use; the others wait in line, first come, first served.
 *
 * @example
 * ```ts
 * const leave = await line.enter(signal);
 * if (!leave) return; // aborted while waiting
 * try {
 *   await work();
 * } finally {
 *   leave();
 * }
 * ```
 */
export class WaitingLine {
  #last: Promise<void> = Promise.resolve();

  /** Waits for a turn. Returns the function that ends it, or undefined where the signal fired first. */
  async enter(signal: AbortSignal): Promise<(() => void) | undefined> {
    const { promise: left, resolve: leave } = deferred();
    const previous = this.#last;
    this.#last = left;
    if (await firstOf(previous, signal)) return leave;
    void previous.then(leave);
    return undefined;
  }
}

/** Waits for a promise or an abort; tells whether it was the promise. */
async function firstOf(promise: Promise<void>, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const { promise: aborted, resolve: abort } = deferred();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([promise, aborted]);
    return !signal.aborted;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
