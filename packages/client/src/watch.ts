import { ClientError, type TimeoutPhase } from "./error.ts";

const AWAITED: Readonly<Record<TimeoutPhase, string>> = {
  connect: "the server's answer",
  firstToken: "the first token",
  idle: "more",
  total: "the end",
};

/** The longest time that a timer takes. A longer one would fire at once. */
const MAX_TIMER: number = 2 ** 31 - 1;

/** Ends something when its time is up, or when a signal fires. */
export class Watch {
  readonly #controller = new AbortController();
  readonly #parent: AbortSignal;
  readonly #follow = (): void => this.#controller.abort(this.#parent.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #since = 0;
  /** What is waited for. */
  phase: TimeoutPhase | undefined;

  constructor(parent: AbortSignal) {
    this.#parent = parent;
    if (parent.aborted) this.#follow();
    else parent.addEventListener("abort", this.#follow, { once: true });
  }

  /** Fires with a `TIMEOUT` when time is up, and when the parent does. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Waits for something else from now on, for so many milliseconds since a time of `performance.now()`. */
  start(phase: TimeoutPhase, limitMs: number, since: number = performance.now()): void {
    clearTimeout(this.#timer);
    this.phase = phase;
    this.#since = since;
    if (limitMs !== Number.POSITIVE_INFINITY) this.#arm(phase, limitMs);
  }

  /** What is waited for has come once more, so the time begins anew. */
  beat(): void {
    this.#since = performance.now();
  }

  /** Lets go of the timer and the parent. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#parent.removeEventListener("abort", this.#follow);
  }

  /** Fires now, for what is not wanted any more. */
  cut(): void {
    this.stop();
    this.#controller.abort();
  }

  // A timer that is set anew at every token would cost more than reading the token does.
  #arm(phase: TimeoutPhase, limitMs: number): void {
    const left = this.#since + limitMs - performance.now();
    const check = () => {
      if (this.#since + limitMs > performance.now()) return this.#arm(phase, limitMs);
      this.#controller.abort(timeoutError(phase, limitMs));
    };
    this.#timer = setTimeout(check, Math.min(MAX_TIMER, Math.max(0, left)));
  }
}

function timeoutError(phase: TimeoutPhase, limitMs: number): ClientError {
  return new ClientError(
    "TIMEOUT",
    `Waited ${limitMs} ms for ${AWAITED[phase]}: timeouts.${phase}Ms says how long.`,
    {
      phase,
      // A server that has answered is at work, and asking it again would double that.
      retryable: phase === "connect",
    },
  );
}

/** What a promise comes to, or the signal's reason as soon as that fires. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    const letGo = () => signal.removeEventListener("abort", abort);
    void promise.then(resolve, reject).then(letGo);
  });
}

/** Waits; rejects with the signal's reason when that fires. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(MAX_TIMER, milliseconds));
  });
  return abortable(wait, signal).finally(() => clearTimeout(timer));
}
