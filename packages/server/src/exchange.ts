import type { GenerationResult } from "@llama2-kit/protocol";
import type { Flight } from "./flights.ts";
import type { ServedModel } from "./model-directory.ts";

/** How an exchange ended. */
export interface Ending {
  /** The answer's status; 499, as nginx has it, where the caller left before the end. */
  readonly status: number;
  readonly durationMs: number;
}

const CALLER_LEFT = 499;

/**
 * One request with its answer, from its coming to the last byte: what is known of it, and who is to be told of its
 * end. It ends once, whichever way comes first.
 */
export class Exchange implements Flight {
  /** Held on to, because in Node a request's signal only works as long as the request is there. */
  readonly request: Request;
  readonly id: string;
  readonly startedAt: number = performance.now();
  /** The route's name, for logs and metrics. */
  route = "unknown";
  /** The path within the handler, as it came. */
  path = "";
  served: ServedModel | undefined;
  isStream = false;
  results: readonly GenerationResult[] = [];
  error: unknown;
  /** Where it is counted as generating. */
  isGenerating = false;
  readonly #onEnd: (ending: Ending) => void;
  #cancel: () => void = () => {};
  #isStopped = false;
  #hasEnded = false;

  constructor(request: Request, id: string, onEnd: (ending: Ending) => void) {
    this.request = request;
    this.id = id;
    this.#onEnd = onEnd;
    request.signal.addEventListener("abort", this.leave);
  }

  /** Whether the server has ended it early, as it is itself about to end. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Whether the caller is gone, or all is said. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Says how to stop what is done for it. */
  onCancel(cancel: () => void): void {
    this.#cancel = cancel;
    if (this.#isStopped || this.#hasEnded || this.request.signal.aborted) cancel();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  /** The caller has left. */
  readonly leave = (): void => {
    this.#cancel();
    this.end(CALLER_LEFT);
  };

  /** All is said. */
  end(status: number): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.request.signal.removeEventListener("abort", this.leave);
    this.#onEnd({ status, durationMs: performance.now() - this.startedAt });
  }
}
