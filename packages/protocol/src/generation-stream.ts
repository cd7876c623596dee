import { Llama2KitError } from "./error.ts";
import type {
  GenerationEvent,
  GenerationResult,
  GenerationStream,
  TokenLogprob,
} from "./stream.ts";

/** What a backend's generator is given to work with. */
export interface GenerationController {
  /** Fires when the caller aborts, or leaves a loop over the stream. The generator then returns as `aborted`. */
  readonly signal: AbortSignal;
  /** Hands on a piece of text, with the ids (and probabilities) of the tokens generated since the last piece. */
  text(text: string, tokens?: readonly number[], logprobs?: readonly TokenLogprob[]): void;
  /** Tells how far the prompt has been read. */
  prompt(processedTokens: number, promptTokens: number): void;
}

/** What a backend's generator returns: the result, but for the text, which the stream has seen. */
export type GenerationOutcome = Omit<GenerationResult, "text">;

/**
 * Makes a {@link GenerationStream} of a function that generates: for those who write a backend.
 *
 * @param generate - called at once. Hands on text through its controller and returns the outcome, or throws.
 *   A {@link Llama2KitError} that it throws gets the text so far as `partialText`.
 * @param signal - the caller's signal
 *
 * @example
 * ```ts
 * const stream = createGenerationStream(async ({ text }) => {
 *   text("Hello");
 *   text(" there");
 *   return { finishReason: "stop", usage, timings };
 * });
 * for await (const piece of stream.textStream()) process.stdout.write(piece);
 * ```
 */
export function createGenerationStream(
  generate: (controller: GenerationController) => Promise<GenerationOutcome>,
  signal?: AbortSignal,
): GenerationStream {
  return new BufferedGenerationStream(generate, signal);
}

/**
 * Keeps the events, so that readers come when they like. An event is small and their number is bounded by the
 * token limit, so memory is no reason to make generation wait for a slow reader.
 */
class BufferedGenerationStream implements GenerationStream {
  readonly result: Promise<GenerationResult>;
  readonly #events: GenerationEvent[] = [];
  readonly #abort = new AbortController();
  #waiting: (() => void)[] = [];
  #text = "";
  #ended = false;

  constructor(
    generate: (controller: GenerationController) => Promise<GenerationOutcome>,
    signal: AbortSignal | undefined,
  ) {
    this.result = this.#run(generate, signal);
    // A failure reaches whoever reads; if nobody does, it must not bring the process down.
    this.result.catch(() => {});
  }

  async #run(
    generate: (controller: GenerationController) => Promise<GenerationOutcome>,
    signal: AbortSignal | undefined,
  ): Promise<GenerationResult> {
    const abort = () => this.#abort.abort(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      const outcome = await generate({
        signal: this.#abort.signal,
        text: (text, tokens, logprobs) => this.#pushText(text, tokens, logprobs),
        prompt: (processedTokens, promptTokens) =>
          this.#push({ type: "prompt", processedTokens, promptTokens }),
      });
      const result = { text: this.#text, ...outcome };
      this.#push({ type: "finish", result });
      return result;
    } catch (error) {
      if (Llama2KitError.isInstance(error)) error.partialText = this.#text;
      throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#ended = true;
      this.#wakeReaders();
    }
  }

  #pushText(
    text: string,
    tokens: readonly number[] | undefined,
    logprobs: readonly TokenLogprob[] | undefined,
  ): void {
    this.#text += text;
    this.#push({
      type: "text",
      text,
      ...(tokens && { tokens }),
      ...(logprobs && { logprobs }),
    });
  }

  #push(event: GenerationEvent): void {
    this.#events.push(event);
    this.#wakeReaders();
  }

  #wakeReaders(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  // Written out, because an async generator's return() waits for a pending next(), and so for the next token.
  [Symbol.asyncIterator](): AsyncIterator<GenerationEvent, undefined> {
    let position = 0;
    let left = false;
    return {
      next: async () => {
        while (position === this.#events.length && !this.#ended && !left) {
          await new Promise<void>((wake) => this.#waiting.push(wake));
        }
        const value = left ? undefined : this.#events[position++];
        if (value) return { done: false, value };
        if (!left) await this.result;
        return { done: true, value: undefined };
      },
      return: async () => {
        left = true;
        this.#abort.abort();
        this.#wakeReaders();
        return { done: true, value: undefined };
      },
    };
  }

  async text(): Promise<string> {
    return (await this.result).text;
  }

  textStream(): AsyncIterable<string> {
    return { [Symbol.asyncIterator]: () => textOf(this[Symbol.asyncIterator]()) };
  }

  toReadableStream(): ReadableStream<GenerationEvent> {
    const events = this[Symbol.asyncIterator]();
    return new ReadableStream({
      async pull(controller) {
        const { done, value } = await events.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await events.return?.();
      },
    });
  }
}

/** The texts among the events. */
function textOf(
  events: AsyncIterator<GenerationEvent, undefined>,
): AsyncIterator<string, undefined> {
  return {
    async next() {
      for (;;) {
        const { done, value } = await events.next();
        if (done) return { done, value };
        if (value.type === "text") return { done: false, value: value.text };
      }
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
}
