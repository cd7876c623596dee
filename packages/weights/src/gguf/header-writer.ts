import { alignUp } from "./parse-gguf.ts";
import { NUMBER_ARRAYS, VALUE_TYPES, type ValueType } from "./value-types.ts";

/** Gathers little-endian values; grows by doubling. */
export class HeaderWriter {
  #buffer: Buffer = Buffer.alloc(2 ** 16);
  #length = 0;

  bytes(bytes: Uint8Array): void {
    const end = this.#length + bytes.length;
    if (end > this.#buffer.length) {
      const size = Math.max(end, this.#buffer.length) * 2;
      this.#buffer = Buffer.concat([this.#buffer.subarray(0, this.#length)], size);
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = end;
  }

  /** A number, by way of an array of one: those are little-endian wherever Node runs. */
  number(type: keyof typeof NUMBER_ARRAYS, value: number | bigint | boolean): void {
    const item = type === "bool" ? Number(value) : value;
    const array = new NUMBER_ARRAYS[type](1);
    array[0] = item as never;
    this.bytes(new Uint8Array(array.buffer));
  }

  u32(value: number): void {
    this.number("u32", value);
  }

  u64(value: number): void {
    this.number("u64", BigInt(value));
  }

  text(text: string): void {
    const bytes = Buffer.from(text);
    this.u64(bytes.length);
    this.bytes(bytes);
  }

  type(type: ValueType): void {
    this.u32(VALUE_TYPES.indexOf(type));
  }

  /** All of it, filled up with zeros to a multiple of the alignment. */
  finish(alignment: number): Uint8Array {
    this.bytes(new Uint8Array(alignUp(this.#length, alignment) - this.#length));
    return this.#buffer.subarray(0, this.#length);
  }
}
