import { fail, type TokenizerErrorCode } from "./error.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads numbers and texts from a file, and names the place when it ends too early or holds something else. */
export class ByteReader {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset);
  }

  /** Throws an error that names the place where the reader stands, or another one. */
  fail(code: TokenizerErrorCode, problem: string, at: number = this.at): never {
    fail(code, problem, `byte ${at}`);
  }

  /** Makes sure that so many bytes are left, and skips them. Returns where they begin. */
  skip(count: number): number {
    const start = this.at;
    const left = this.#bytes.length - start;
    if (count > left) {
      this.fail("TRUNCATED", `${count} bytes are due, and ${left} are left: pass the whole file.`);
    }
    this.at += count;
    return start;
  }

  /** An unsigned number of so many bytes. One beyond what a number holds exactly comes out as too large, which it is. */
  uint(size: number): number {
    const start = this.skip(size);
    let value = 0;
    for (let at = this.at; at > start; ) value = value * 256 + (this.#bytes[--at] as number);
    return value;
  }

  float32(): number {
    const value = this.#view.getFloat32(this.skip(4), true);
    if (Number.isNaN(value)) this.fail("MALFORMED", "a score is no number.");
    return value;
  }

  /** A varint of protobuf, of which the lower 32 bits count. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.skip(1)] as number;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    this.fail("MALFORMED", "a varint has more than ten bytes.");
  }

  /** The text from one place to another one. */
  text(start: number, end: number): string {
    try {
      return UTF8.decode(this.#bytes.subarray(start, end));
    } catch {
      this.fail("MALFORMED", "a text is not valid UTF-8.", start);
    }
  }
}
