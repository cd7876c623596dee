import { follow } from "../follow.ts";

/**
 * Ends a download or a load early: when the caller's signal fires, or when one of the caller's listeners throws. That
 * error would otherwise be printed and forgotten by the library below, dozens of times.
 */
export class LoadControl {
  readonly #abort = new AbortController();
  /** Lets go of the caller's signal. */
  readonly release: () => void;

  constructor(callerSignal: AbortSignal | undefined) {
    this.release = follow(this.#abort, callerSignal);
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
}
