import type { GenerationResult, PromptEvent, TextEvent } from "@llama2-kit/protocol";
import { type Problem, toProblem } from "../problem.ts";
import type { AnswerItem, AnswerReader } from "./answers.ts";
import { coalesce } from "./coalesce.ts";

/** Writes a stream in a protocol. Each method returns what is to be sent, which may be nothing. */
export interface StreamWriter {
  /** Before everything else. */
  begin(): string;
  /** How far an answer's prompt has been read. */
  prompt(index: number, event: PromptEvent): string;
  text(index: number, event: TextEvent): string;
  /** The end of one of the answers. One that was `aborted` has no end of its own. */
  finish(index: number, result: GenerationResult): string;
  /** The end of all. */
  end(results: readonly GenerationResult[]): string;
  /** The end, where something failed. */
  error(problem: Problem): string;
  /** What keeps a connection open while nothing happens, where the protocol has such a thing. */
  readonly ping: string;
  /** Whether each text event is to be told apart, however late. */
  readonly isTokenwise?: boolean;
}

/** How a body is written. */
export interface StreamBodyOptions {
  readonly writer: StreamWriter;
  /** How long nothing happens before a ping, in milliseconds. */
  readonly pingMs: number;
  /** Is told how it ended, if the reader stayed to the end. */
  readonly onEnd: (outcome: { results: readonly GenerationResult[]; error?: unknown }) => void;
  /** Is told that the reader has left. */
  readonly onLeave: () => void;
}

const encoder = new TextEncoder();

/** The body of an answer that comes as it is generated. What is written, and when, follows the reader. */
export function streamBody(
  reader: AnswerReader,
  options: StreamBodyOptions,
): ReadableStream<Uint8Array> {
  const source = new AnswerSource(reader, options);
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const text = await source.next();
    if (text !== "") controller.enqueue(encoder.encode(text));
    if (source.hasEnded) controller.close();
  };
  // No buffer: what has not been taken is joined, and is sent at once when it is.
  return new ReadableStream({ pull, cancel: options.onLeave }, { highWaterMark: 0 });
}

/** Makes text of what happens. */
class AnswerSource {
  hasEnded = false;
  readonly #reader: AnswerReader;
  readonly #options: StreamBodyOptions;
  readonly #results: GenerationResult[] = [];
  #hasBegun = false;

  constructor(reader: AnswerReader, options: StreamBodyOptions) {
    this.#reader = reader;
    this.#options = options;
  }

  /** The next text, which is only empty at the end. */
  async next(): Promise<string> {
    let text = this.#begin();
    while (text === "" && !this.hasEnded) text = await this.#take();
    return text;
  }

  #begin(): string {
    if (this.#hasBegun) return "";
    this.#hasBegun = true;
    return this.#options.writer.begin();
  }

  async #take(): Promise<string> {
    const { writer, pingMs } = this.#options;
    const items = await this.#reader.take(pingMs);
    if (items.length === 0 && !this.#reader.isDone) return writer.ping;
    let text = "";
    for (const item of writer.isTokenwise ? items : coalesce(items)) {
      text += this.#write(item);
      if (this.hasEnded) return text;
    }
    return this.#reader.isDone ? text + this.#end() : text;
  }

  #write(item: AnswerItem): string {
    const { writer } = this.#options;
    if ("error" in item) return this.#fail(item.error);
    const { index, event } = item;
    if (event.type === "text") return writer.text(index, event);
    if (event.type === "prompt") return writer.prompt(index, event);
    this.#results[index] = event.result;
    return writer.finish(index, event.result);
  }

  #end(): string {
    this.hasEnded = true;
    const results = this.#results;
    this.#options.onEnd({ results });
    return this.#options.writer.end(results);
  }

  #fail(error: unknown): string {
    this.hasEnded = true;
    this.#options.onEnd({ results: this.#results.filter(Boolean), error });
    return this.#options.writer.error(toProblem(error));
  }
}
