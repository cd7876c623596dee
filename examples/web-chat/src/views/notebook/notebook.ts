import type { GenerationStream } from "@llama2-kit/protocol";
import { Value } from "../../app/value.ts";
import { oncePerFrame } from "../../chat/frames.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";

/** How the notebook stands. */
export interface NotebookState {
  readonly isRunning: boolean;
  readonly canUndo: boolean;
  readonly problem?: Problem;
  /** What the last continuation took. */
  readonly tokens?: number;
  readonly tokensPerSecond?: number;
}

/** Most texts that can be undone. */
const MOST_UNDOS = 50;

/**
 * A text that the model goes on with. The text is in a field, which is where it is written, so this is told how to
 * read and change it.
 */
export class Notebook {
  readonly state: Value<NotebookState> = new Value<NotebookState>({
    isRunning: false,
    canUndo: false,
  });
  readonly #field: { read(): string; write(text: string): void; append(text: string): void };
  readonly #complete: (prompt: string, signal: AbortSignal) => GenerationStream;
  readonly #undos: string[] = [];
  #abort: AbortController | undefined;

  constructor(
    field: { read(): string; write(text: string): void; append(text: string): void },
    complete: (prompt: string, signal: AbortSignal) => GenerationStream,
  ) {
    this.#field = field;
    this.#complete = complete;
  }

  /** Has the model go on with the text. */
  async generate(): Promise<void> {
    if (this.state.get().isRunning) return;
    this.#remember();
    const abort = new AbortController();
    this.#abort = abort;
    this.state.set({ isRunning: true, canUndo: false });
    let pending = "";
    const flush = (): void => {
      if (pending !== "") this.#field.append(pending);
      pending = "";
    };
    const flushSoon = oncePerFrame(flush);
    let more: Partial<NotebookState> = {};
    try {
      const stream = this.#complete(this.#field.read(), abort.signal);
      for await (const piece of stream.textStream()) {
        pending += piece;
        flushSoon();
      }
      const { usage, timings } = await stream.result;
      const { tokensPerSecond } = timings;
      more = {
        tokens: usage.completionTokens,
        ...(tokensPerSecond !== undefined && { tokensPerSecond }),
      };
    } catch (error) {
      if (!abort.signal.aborted) more = { problem: toProblem(error) };
    }
    flush();
    this.state.set({ isRunning: false, canUndo: this.#undos.length > 0, ...more });
  }

  stop(): void {
    this.#abort?.abort();
  }

  /** Puts another text in place of this one. */
  replace(text: string): void {
    if (text === this.#field.read()) return;
    this.#remember();
    this.#field.write(text);
    this.state.set({ isRunning: false, canUndo: true });
  }

  /** Takes the last continuation or replacement back. */
  undo(): void {
    const text = this.#undos.pop();
    if (text !== undefined) this.#field.write(text);
    this.state.set({ isRunning: false, canUndo: this.#undos.length > 0 });
  }

  #remember(): void {
    this.#undos.push(this.#field.read());
    if (this.#undos.length > MOST_UNDOS) this.#undos.shift();
  }
}
