import type { IntList } from "./int-list.ts";
import { BYTE, type Pieces, SPACE } from "./pieces.ts";
import type { Segment } from "./special-tokens.ts";
import { byteLength } from "./utf8.ts";

/** Follows the ids of a segment through its text, and notes where each begins. */
export class OffsetWalker {
  readonly #pieces: Pieces;
  readonly #text: string;
  readonly segment: Segment;
  /** One before the segment's start while the space is due that the text does not have. */
  #at: number;
  /** Bytes that the character at hand still has. */
  #bytesLeft = 0;

  constructor(pieces: Pieces, text: string, segment: Segment) {
    this.#pieces = pieces;
    this.#text = text;
    this.segment = segment;
    this.#at = segment.start - (segment.prefix ? 1 : 0);
  }

  /** Notes the offsets of the next ids. */
  walk(ids: Int32Array, count: number, offsets: IntList): void {
    const { kinds, starts } = this.#pieces;
    const { start, id: token } = this.segment;
    if (token !== -1) {
      offsets.push(start);
      return;
    }
    for (let index = 0; index < count; index++) {
      const id = ids[index] as number;
      offsets.push(this.#at < start ? start : this.#at);
      if (kinds[id] === BYTE) this.#passByte();
      else this.#at += (starts[id + 1] as number) - (starts[id] as number);
    }
  }

  /** The first of a character's bytes stands for all of it. */
  #passByte(): void {
    if (this.#bytesLeft === 0) {
      const point = this.#pointAt(this.#at);
      this.#bytesLeft = byteLength(point);
      this.#at += point > 0xffff ? 2 : 1;
    }
    this.#bytesLeft--;
  }

  /** The character at an index, as it is encoded. */
  #pointAt(at: number): number {
    if (at < this.segment.start) return SPACE;
    const point = this.#text.codePointAt(at) as number;
    if (point === 0x20) return SPACE;
    // Half a pair where the text ends in the middle of one counts as one unit, like any lone surrogate.
    return point > 0xffff && at + 1 >= this.segment.end ? 0xfffd : point;
  }
}
