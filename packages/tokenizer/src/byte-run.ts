import { readCodePoint, sequenceLength } from "./utf8.ts";

/**
 * Byte pieces that follow one another, and the characters they make. Each byte that is part of no valid character
 * becomes U+FFFD, as in SentencePiece; `TextDecoder` makes one of several.
 */
export class ByteRun {
  #bytes = new Uint8Array(4);
  #count = 0;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Adds a byte. Returns the characters that are certain now; a character that may go on is held back. */
  push(byte: number): string {
    if (this.#count === 0 && byte < 0x80) return String.fromCharCode(byte);
    this.#bytes[this.#count++] = byte;
    return this.#take(false);
  }

  /** Ends the run. Returns the characters that were held back. */
  flush(): string {
    return this.#count === 0 ? "" : this.#take(true);
  }

  #take(isLast: boolean): string {
    let text = "";
    let at = 0;
    while (at < this.#count) {
      if (!isLast && this.#mayGoOn(at)) break;
      const point = readCodePoint(this.#bytes, at, this.#count);
      text += point === -1 ? "\ufffd" : String.fromCodePoint(point);
      at += point === -1 ? 1 : sequenceLength(this.#bytes[at] as number);
    }
    this.#bytes.copyWithin(0, at, this.#count);
    this.#count -= at;
    return text;
  }

  /** Whether the bytes from an index on could be the beginning of a longer character. */
  #mayGoOn(at: number): boolean {
    if (this.#count - at >= sequenceLength(this.#bytes[at] as number)) return false;
    for (let index = at + 1; index < this.#count; index++) {
      if (((this.#bytes[index] as number) & 0xc0) !== 0x80) return false;
    }
    return true;
  }
}
