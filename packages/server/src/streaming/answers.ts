import type { GenerationEvent, GenerationResult, GenerationStream } from "@llama2-kit/protocol";

/** Something that happened to one of the answers: an event of its stream, or the error that ended it. */
export type AnswerItem =
  | { readonly index: number; readonly event: GenerationEvent }
  | { readonly index: number; readonly error: unknown };

/** Starts one of the answers. */
export type StartAnswer = (index: number, signal: AbortSignal) => GenerationStream;

/**
 * The answers to one request: one, or several that are generated side by side. Where one fails, the others are of no
 * use any more.
 */
export class Answers {
  readonly count: number;
  readonly #streams: readonly GenerationStream[];
  /** One each, as a signal with many listeners makes Node warn of a leak. */
  readonly #aborts: readonly AbortController[];

  constructor(count: number, start: StartAnswer) {
    this.count = count;
    this.#aborts = Array.from({ length: count }, () => new AbortController());
    try {
      this.#streams = this.#aborts.map(({ signal }, index) => start(index, signal));
    } catch (error) {
      this.abort(); // those that have been started by then
      throw error;
    }
  }

  /** Ends them all; each is then `aborted`, with what there is of it. */
  abort(): void {
    for (const controller of this.#aborts) controller.abort();
  }

  /** What they came to. The first failure ends all. */
  async results(): Promise<GenerationResult[]> {
    try {
      return await Promise.all(this.#streams.map(({ result }) => result));
    } catch (error) {
      this.abort();
      throw error;
    }
  }

  /** Begins to read them. */
  read(): AnswerReader {
    return new AnswerReader(this.#streams, () => this.abort());
  }
}

/** Reads several answers as one sequence of items, in the order in which they happen. */
export class AnswerReader {
  readonly #abort: () => void;
  readonly #begun: Promise<void>;
  #items: AnswerItem[] = [];
  #open: number;
  #wake: () => void = () => {};

  constructor(streams: readonly GenerationStream[], abort: () => void) {
    this.#abort = abort;
    this.#open = streams.length;
    const begun = streams.map((stream, index) => this.#follow(stream, index));
    this.#begun = Promise.all(begun).then(() => {});
    this.#begun.catch(() => {}); // it is among the items too
  }

  /** Whether there is nothing more to take. */
  get isDone(): boolean {
    return this.#open === 0 && this.#items.length === 0;
  }

  /**
   * Waits until every answer has had its first event; or not longer than so many milliseconds, as a long prompt may take
   * minutes.
   *
   * @throws what one failed with at once: options that are wrong, a full queue
   */
  async begun(withinMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const time = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, withinMs);
    });
    try {
      await Promise.race([this.#begun, time]);
    } catch (error) {
      this.#abort();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Takes all that has happened since the last time; where nothing has, waits for it.
   *
   * @returns nothing where that took longer than so many milliseconds, or where all is done
   */
  async take(withinMs: number): Promise<readonly AnswerItem[]> {
    if (this.#items.length === 0 && this.#open > 0) await this.#wait(withinMs);
    const items = this.#items;
    this.#items = [];
    return items;
  }

  async #wait(withinMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }

  /** Resolves with the first event. */
  #follow(stream: GenerationStream, index: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const read = async () => {
        for await (const event of stream) {
          resolve();
          if (event.type === "finish") this.#open--;
          this.#push({ index, event });
          if (event.type === "finish") return;
        }
        // Else it would be waited for with pings, for ever.
        throw new Error("the model's stream ended without a result");
      };
      read().catch((error: unknown) => {
        reject(error);
        this.#open--;
        this.#push({ index, error });
      });
    });
  }

  #push(item: AnswerItem): void {
    this.#items.push(item);
    this.#wake();
  }
}
