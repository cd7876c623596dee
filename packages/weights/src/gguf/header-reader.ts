import { WeightsError } from "../error.ts";
import { MAX_TEXT_BYTES } from "./limits.ts";

/** Thrown where the header goes on behind the bytes that have been read from the file so far. */
export class NeedMoreBytes extends Error {}

const CONTROL_CHARACTER = /\p{Cc}/u;
const REPLACEMENT = "\ufffd";

/** Reads little-endian values of a header, and never beyond the end of the file. */
export class HeaderReader {
  /** What is being read, for messages. */
  where = "its header";
  position = 0;
  readonly view: DataView;
  readonly #bytes: Buffer;
  readonly #fileBytes: number;
  readonly #path: string;

  constructor(bytes: Uint8Array, file: { readonly path: string; readonly size: number }) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fileBytes = file.size;
    this.#path = file.path;
  }

  /** The error for what is wrong with the file: an end of a sentence. */
  damage(problem: string): WeightsError {
    const message = `${this.#path} is a damaged GGUF file: ${problem}.`;
    return new WeightsError("BAD_GGUF", message, { path: this.#path });
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  /** A count, a length or an offset, which must be one that can be. */
  u64(): number {
    const value = Number(this.view.getBigUint64(this.take(8), true));
    if (Number.isSafeInteger(value)) return value;
    throw this.damage(`a length in ${this.where} is impossible`);
  }

  /** A number of things that take so many bytes each at least: more than the file can hold is refused. */
  count(limit: number, bytesEach: number, what: string): number {
    const count = this.u64();
    if (count > limit) throw this.damage(`it has ${count} ${what}, and ${limit} are read at most`);
    if (count * bytesEach > this.#fileBytes - this.position) {
      throw this.damage(
        `it has ${count} ${what} by its header, more than its ${this.#fileBytes} bytes can hold`,
      );
    }
    return count;
  }

  text(limit: number = MAX_TEXT_BYTES): string {
    const length = this.u64();
    if (length > limit) throw this.damage(`a text in ${this.where} has ${length} bytes`);
    const start = this.take(length);
    const text = this.#bytes.toString("utf8", start, start + length);
    if (!text.includes(REPLACEMENT) || this.#holds(start, text)) return text;
    throw this.damage(`a text in ${this.where} is not UTF-8`);
  }

  /** A key or a name: without control characters, which would get into messages. */
  name(limit: number): string {
    const name = this.text(limit);
    if (name !== "" && !CONTROL_CHARACTER.test(name)) return name;
    throw this.damage(`a name in ${this.where} is ${JSON.stringify(name)}`);
  }

  /** Moves on over some bytes, and returns where they begin. */
  take(count: number): number {
    const start = this.position;
    const end = start + count;
    if (end > this.#fileBytes) throw this.damage(`the file ends within ${this.where}`);
    if (end > this.#bytes.length) throw new NeedMoreBytes();
    this.position = end;
    return start;
  }

  /** A copy of some bytes, to make numbers of. */
  copy(count: number): ArrayBuffer {
    const start = this.view.byteOffset + this.take(count);
    return this.view.buffer.slice(start, start + count) as ArrayBuffer;
  }

  #holds(start: number, text: string): boolean {
    const bytes = Buffer.from(text);
    return (
      bytes.equals(this.#bytes.subarray(start, start + bytes.length)) &&
      start + bytes.length === this.position
    );
  }
}
