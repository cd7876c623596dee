import type { Answer } from "./answer.ts";
import { isRecord } from "./describe.ts";
import type { ByteParser, Dialect } from "./dialect.ts";
import { Envelope } from "./envelope.ts";
import { ClientError } from "./error.ts";
import { parseJson } from "./parse-json.ts";
import { findProblem, readProblem, toClientError } from "./server-problem.ts";
import { SseParser } from "./sse-parser.ts";

const DONE = "[DONE]";

/** Reads the bytes of an answer's stream into an {@link Answer}. */
export class StreamReader {
  /** Events that were read, those without text included. */
  events = 0;
  readonly #dialect: Dialect;
  readonly #answer: Answer;
  readonly #envelope: Envelope | undefined;
  readonly #parser: ByteParser;

  constructor(dialect: Dialect, answer: Answer) {
    this.#dialect = dialect;
    this.#answer = answer;
    const { textOf, parseLines } = dialect;
    if (textOf) this.#envelope = new Envelope(textOf, (text) => this.#readText(text));
    const envelope = this.#envelope;
    this.#parser = parseLines
      ? parseLines((line) => this.#readEvent(line, ""))
      : new SseParser({
          event: (data, type) => this.#readEvent(data, type),
          field: (name, value) => this.#readField(name, value),
          ...(envelope && { skim: (text, start) => envelope.skim(text, start) }),
        });
  }

  /**
   * Takes the next bytes.
   *
   * @throws ClientError where the server tells of an error, or sends what cannot be read
   */
  push(bytes: Uint8Array): void {
    this.#parser.push(bytes);
  }

  /** The stream has ended. An unfinished event is not read, but for the mark of the end. */
  end(): void {
    try {
      if (this.#parser.end() === DONE) this.#answer.isComplete = true;
    } catch (error) {
      // A last line that is cut in the middle is no JSON, and the stream is told to be truncated.
      if (!ClientError.isInstance(error) || error.code !== "BAD_RESPONSE") throw error;
    }
  }

  #readText(text: string): void {
    this.events++;
    if (!this.#answer.isComplete) this.#answer.text(text);
  }

  #readEvent(data: string, type: string): void {
    if (this.#answer.isComplete || data.trim() === "") return;
    this.events++;
    if (data.startsWith(DONE)) this.#answer.isComplete = true;
    else if (type === "error") throw toClientError(readProblem(data));
    else this.#readJson(data);
  }

  /** Until September 2025, llama-server sent errors as a field of that name, which the standard has one ignore. */
  #readField(name: string, value: string): void {
    if (name === "error" && !this.#answer.isComplete) throw toClientError(readProblem(value));
  }

  #readJson(data: string): void {
    const event = parseJson(data);
    if (!isRecord(event)) throw unexpected(data, undefined);
    const problem = findProblem(event);
    if (problem) throw toClientError(problem);
    let text: string | undefined;
    try {
      text = this.#dialect.read(event, this.#answer);
    } catch (error) {
      throw ClientError.isInstance(error) ? error : unexpected(data, error);
    }
    if (text !== undefined) this.#envelope?.learn(data, text);
  }
}

const LONGEST_QUOTE = 200;

function unexpected(data: string, cause: unknown): ClientError {
  return new ClientError(
    "BAD_RESPONSE",
    `The server sent an event of an unknown form: ${data.slice(0, LONGEST_QUOTE)}`,
    { cause },
  );
}
