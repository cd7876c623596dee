import type { Answer } from "./answer.ts";
import { isRecord } from "./describe.ts";
import type { ByteParser, Dialect, FastPath } from "./dialect.ts";
import { ClientError } from "./error.ts";
import { findProblem, readProblem, toClientError } from "./server-problem.ts";
import { SseParser } from "./sse-parser.ts";

const DONE = "[DONE]";
const LONGEST_QUOTE = 200;

/** Reads the bytes of an answer's stream into an {@link Answer}. */
export class StreamReader {
  /** Events that were read, those without text included. */
  events = 0;
  readonly #dialect: Dialect;
  readonly #answer: Answer;
  readonly #fastPath: FastPath | undefined;
  readonly #parser: ByteParser;

  constructor(dialect: Dialect, answer: Answer) {
    this.#dialect = dialect;
    this.#answer = answer;
    const fastPath = dialect.fastPath?.((text) => this.#readText(text));
    this.#fastPath = fastPath;
    this.#parser = dialect.parseLines
      ? dialect.parseLines((line) => this.#readEvent(line, ""))
      : new SseParser({
          event: (data, type) => this.#readEvent(data, type),
          field: (name, value) => this.#readField(name, value),
          ...(fastPath && { skim: (text, start) => fastPath.skim(text, start) }),
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
    let text: string | undefined;
    try {
      const event: unknown = JSON.parse(data);
      if (!isRecord(event)) throw new TypeError("An event is an object.");
      const problem = findProblem(event);
      if (problem) {
        const { type } = problem;
        const status = this.#dialect.statuses?.[String(type)];
        throw toClientError(problem, { status });
      }
      text = this.#dialect.read(event, this.#answer);
    } catch (cause) {
      if (ClientError.isInstance(cause)) throw cause;
      throw new ClientError(
        "BAD_RESPONSE",
        `The server sent an event of an unknown form: ${data.slice(0, LONGEST_QUOTE)}`,
        { cause },
      );
    }
    if (text !== undefined) this.#fastPath?.learn(data, text);
  }
}
