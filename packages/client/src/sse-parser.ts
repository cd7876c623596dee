import { ClientError } from "./error.ts";
import { Utf8Chunks } from "./utf8-chunks.ts";

/** What {@link SseParser} tells of. */
export interface SseHandler {
  /** An event is complete. `type` is "" where the stream names none. */
  event(data: string, type: string): void;
  /** A field other than `data` and `event`, an unknown one too; the name of a comment is "". */
  field?(name: string, value: string): void;
  /**
   * Is asked before an event: where it can take a whole one out of the text by itself, it does, and returns where the
   * next one begins. Otherwise it returns `start`.
   */
  skim?(text: string, start: number): number;
}

/** Larger than any event of a language model, and small enough not to fill the memory. */
export const MAX_EVENT_LENGTH: number = 2 ** 24;

const CARRIAGE_RETURN = /\r\n?/g;
const LF = 10;
const SPACE = 32;

/**
 * Finds the events in a stream of bytes, to the letter of the HTML standard (9.2.6, "Interpreting an event stream"),
 * whatever chunks the bytes come in. It is pushed, not pulled: a chunk's events are told before `push` returns.
 */
export class SseParser {
  readonly #handler: SseHandler;
  readonly #maxLength: number;
  readonly #decoder = new Utf8Chunks();
  /** The beginning of a line whose end has not come. Engines join the pieces when it is read, so this takes linear time. */
  #rest = "";
  /** The last chunk ended with CR, so that an LF at the beginning of the next one belongs to it. */
  #afterCarriageReturn = false;
  #data: string | undefined;
  #type = "";

  /**
   * @param handler - is told of the events
   * @param maxLength - characters that one event may have
   */
  constructor(handler: SseHandler, maxLength: number = MAX_EVENT_LENGTH) {
    this.#handler = handler;
    this.#maxLength = maxLength;
  }

  /**
   * Takes the next bytes.
   *
   * @throws ClientError `BAD_RESPONSE` where an event is too long; and what the handler throws
   */
  push(bytes: Uint8Array): void {
    this.#take(this.#decoder.decode(bytes));
  }

  /**
   * The stream has ended. The standard drops an event whose blank line has not come; this tells its data, for a
   * marker that some servers end with.
   */
  end(): string | undefined {
    const rest = this.#decoder.end();
    if (rest !== "" || this.#rest !== "") this.#take(`${rest}\n`);
    return this.#data;
  }

  #take(chunk: string): void {
    const text = this.#normalizeLineEnds(chunk);
    const whole = this.#rest + text;
    if (text.includes("\n")) this.#readLines(whole);
    else this.#keep(whole);
  }

  /** CR and CRLF become LF, also where a CRLF is split between chunks. */
  #normalizeLineEnds(chunk: string): string {
    if (chunk === "") return chunk;
    let text = chunk;
    if (this.#afterCarriageReturn && text.charCodeAt(0) === LF) text = text.slice(1);
    this.#afterCarriageReturn = text.endsWith("\r");
    return text.includes("\r") ? text.replace(CARRIAGE_RETURN, "\n") : text;
  }

  #keep(text: string): void {
    this.#rest = text;
    this.#refuseTooLong(text.length);
  }

  #readLines(text: string): void {
    let start = 0;
    while (start < text.length) {
      const next = this.#skim(text, start);
      if (next > start) {
        start = next;
        continue;
      }
      const end = text.indexOf("\n", start);
      if (end === -1) break;
      if (start === end) this.#dispatch();
      else this.#readLine(text, start, end);
      start = end + 1;
    }
    this.#keep(text.slice(start));
  }

  #skim(text: string, start: number): number {
    const betweenEvents = this.#data === undefined && this.#type === "";
    return betweenEvents && this.#handler.skim ? this.#handler.skim(text, start) : start;
  }

  #readLine(text: string, start: number, end: number): void {
    let colon = text.indexOf(":", start);
    if (colon === -1 || colon > end) colon = end;
    const value = colon + (text.charCodeAt(colon + 1) === SPACE ? 2 : 1);
    this.#readField(text.slice(start, colon), value < end ? text.slice(value, end) : "");
  }

  #readField(name: string, value: string): void {
    if (name === "data") {
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
      this.#refuseTooLong(this.#data.length);
    } else if (name === "event") {
      this.#type = value;
    } else {
      this.#handler.field?.(name, value);
    }
  }

  #dispatch(): void {
    const data = this.#data;
    const type = this.#type;
    this.#data = undefined;
    this.#type = "";
    if (data !== undefined) this.#handler.event(data, type);
  }

  #refuseTooLong(length: number): void {
    if (length <= this.#maxLength) return;
    throw new ClientError(
      "BAD_RESPONSE",
      `The stream has an event of more than ${this.#maxLength} characters.`,
    );
  }
}
