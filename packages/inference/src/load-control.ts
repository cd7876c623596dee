/**
 * Ends a download or a load early: when the caller's signal fires, or when one of the caller's listeners throws. That
 * error would otherwise be printed and forgotten by the library below, dozens of times.
 */
export class LoadControl {
  readonly #abort = new AbortController();
  readonly #callerSignal: AbortSignal | undefined;

  constructor(callerSignal: AbortSignal | undefined) {
    this.#callerSignal = callerSignal;
    callerSignal?.addEventListener("abort", this.#passOn);
    if (callerSignal?.aborted) this.#passOn();
  }

  /** Fires with the caller's reason, or with the error of the listener. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** A listener that is not called any more once it, or another one, has thrown. */
  guard<T>(listener: ((value: T) => void) | undefined): ((value: T) => void) | undefined {
    if (!listener) return undefined;
    return (value) => {
      if (this.signal.aborted) return;
      try {
        listener(value);
      } catch (error) {
        this.#abort.abort(error);
      }
    };
  }

  /** Lets go of the caller's signal. */
  release(): void {
    this.#callerSignal?.removeEventListener("abort", this.#passOn);
  }

  readonly #passOn = (): void => this.#abort.abort(this.#callerSignal?.reason);
}
