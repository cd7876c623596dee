import { TokenizerError } from "./error.ts";
import type { PieceList } from "./pieces.ts";
import { byteLength, readCodePoint } from "./utf8.ts";

/** Reads numbers and texts from a file, and names the place when it ends too early or holds something else. */
export class ByteReader {
  at = 0;
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Makes sure that so many bytes are left, and skips them. Returns where they begin. */
  skip(count: number, what: string): number {
    if (count > this.bytes.length - this.at) {
      throw new TokenizerError(
        "TRUNCATED",
        `${what} takes ${count} bytes, and ${this.bytes.length - this.at} are left: pass the whole file.`,
        { place: `byte ${this.at}` },
      );
    }
    const start = this.at;
    this.at += count;
    return start;
  }

  uint8(what: string): number {
    return this.bytes[this.skip(1, what)] as number;
  }

  uint32(what: string): number {
    return this.#view.getUint32(this.skip(4, what), true);
  }

  float32(what: string): number {
    return this.#view.getFloat32(this.skip(4, what), true);
  }

  /** A length of 64 bits. One beyond what a number holds exactly comes out as too large, which it is. */
  uint64(what: string): number {
    const start = this.skip(8, what);
    return this.#view.getUint32(start, true) + this.#view.getUint32(start + 4, true) * 2 ** 32;
  }

  /** A varint of protobuf, of which the lower 32 bits count. */
  varint(what: string): number {
    const start = this.at;
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.uint8(what);
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new TokenizerError("MALFORMED", `${what} is a varint of more than ten bytes.`, {
      place: `byte ${start}`,
    });
  }

  /** Adds a piece to the list, from a text of so many bytes. */
  piece(length: number, pieces: PieceList, kind: number, what: string): void {
    const start = this.skip(length, what);
    const { bytes, at: end } = this;
    let to = pieces.begin(length);
    const units = pieces.units;
    for (let at = start; at < end; ) {
      const point = readCodePoint(bytes, at, end);
      if (point === -1) {
        throw new TokenizerError("MALFORMED", `${what} is not valid UTF-8.`, {
          place: `byte ${at}`,
        });
      }
      if (point < 0x10000) units[to++] = point;
      else {
        units[to++] = 0xd800 + ((point - 0x10000) >> 10);
        units[to++] = 0xdc00 + (point & 0x3ff);
      }
      at += byteLength(point);
    }
    pieces.finish(to, kind);
  }

  /** A short ASCII text, such as a name. Other bytes come out as other characters. */
  ascii(length: number, what: string): string {
    const start = this.skip(length, what);
    let text = "";
    for (let at = start; at < this.at; at++) text += String.fromCharCode(this.bytes[at] as number);
    return text;
  }
}
