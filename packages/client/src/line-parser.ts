import { ClientError } from "./error.ts";
import { MAX_EVENT_LENGTH } from "./sse-parser.ts";
import { Utf8Chunks } from "./utf8-chunks.ts";

/**
 * Finds the lines in a stream of bytes, whatever chunks they come in, for JSON Lines (NDJSON). Lines that are empty or
 * blank are left out. JSON's white space has CR in it, so a CRLF needs no care.
 */
export class LineParser {
  readonly #onLine: (line: string) => void;
  readonly #maxLength: number;
  readonly #decoder = new Utf8Chunks();
  #rest = "";

  constructor(onLine: (line: string) => void, maxLength: number = MAX_EVENT_LENGTH) {
    this.#onLine = onLine;
    this.#maxLength = maxLength;
  }

  /**
   * Takes the next bytes.
   *
   * @throws ClientError `BAD_RESPONSE` where a line is too long; and what the handler throws
   */
  push(bytes: Uint8Array): void {
    this.#take(this.#decoder.decode(bytes));
  }

  /** The stream has ended. Its last line needs no newline. */
  end(): undefined {
    this.#take(`${this.#decoder.end()}\n`);
  }

  #take(text: string): void {
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      const line = this.#rest + text.slice(start, end);
      this.#rest = "";
      start = end + 1;
      if (line.trim() !== "") this.#onLine(line);
    }
    this.#rest += text.slice(start);
    if (this.#rest.length <= this.#maxLength) return;
    throw new ClientError(
      "BAD_RESPONSE",
      `The stream has a line of more than ${this.#maxLength} characters.`,
    );
  }
}
