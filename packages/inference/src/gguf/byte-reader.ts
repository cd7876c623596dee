import { GgufProblem, type ValueType } from "./header.ts";

/** Thrown where the header goes on behind the bytes that have been read from the file so far. */
export class NeedMoreBytes extends Error {}

const utf8 = new TextDecoder();

/** Longest string that is read at all. The longest there are, chat templates, have some ten thousand bytes. */
const LONGEST_STRING = 2 ** 24;

const CONTROL_CHARACTER = /\p{Cc}/u;

/** Reads little-endian values, and never beyond the end of the file. */
export class ByteReader {
  /** What is being read, for messages. */
  where = "its header";
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #fileBytes: number;

  constructor(bytes: Uint8Array, fileBytes: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fileBytes = fileBytes;
  }

  skip(count: number): void {
    this.#take(count);
  }

  u32(): number {
    return this.number("u32");
  }

  /** A count, a length or an offset. */
  u64(): number {
    const value = this.number("u64");
    if (Number.isSafeInteger(value)) return value;
    throw new GgufProblem("damage", `a length in ${this.where} is impossible`);
  }

  number(type: Exclude<ValueType, "string" | "array" | "bool">): number {
    const view = this.#view;
    switch (type) {
      case "u8":
        return view.getUint8(this.#take(1));
      case "i8":
        return view.getInt8(this.#take(1));
      case "u16":
        return view.getUint16(this.#take(2), true);
      case "i16":
        return view.getInt16(this.#take(2), true);
      case "u32":
        return view.getUint32(this.#take(4), true);
      case "i32":
        return view.getInt32(this.#take(4), true);
      case "f32":
        return view.getFloat32(this.#take(4), true);
      case "u64":
        return Number(view.getBigUint64(this.#take(8), true));
      case "i64":
        return Number(view.getBigInt64(this.#take(8), true));
      case "f64":
        return view.getFloat64(this.#take(8), true);
    }
  }

  string(longest: number = LONGEST_STRING): string {
    const length = this.u64();
    if (length > longest && length <= this.#fileBytes - this.position) {
      throw new GgufProblem("damage", `a text in ${this.where} has ${length} bytes`);
    }
    const start = this.#take(length);
    return utf8.decode(this.#bytes.subarray(start, start + length));
  }

  /** A key or a name: without control characters, which would get into messages. */
  name(longest: number): string {
    const name = this.string(longest);
    if (name !== "" && !CONTROL_CHARACTER.test(name)) return name;
    throw new GgufProblem("damage", `a name in ${this.where} is ${JSON.stringify(name)}`);
  }

  /** Moves on over some bytes, and returns where they begin. */
  #take(count: number): number {
    const start = this.position;
    const end = start + count;
    if (end > this.#fileBytes) {
      throw new GgufProblem("damage", `the file ends within ${this.where}`);
    }
    if (end > this.#bytes.length) throw new NeedMoreBytes();
    this.position = end;
    return start;
  }
}
