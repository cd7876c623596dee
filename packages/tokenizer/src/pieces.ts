/** SentencePiece's stand-in for a space, U+2581, drawn as `▁`. */
export const SPACE = 0x2581;

/** What a piece is for. The numbers are those of `tokenizer.model` and of GGUF. */
export const NORMAL = 1;
/** Stands for what cannot be encoded. Never made from text. */
export const UNKNOWN = 2;
/** BOS, EOS and their like: made from text only on request, and no text when decoded. */
export const CONTROL = 3;
/** A text that is one token wherever it occurs. */
export const USER_DEFINED = 4;
/** Padding of a vocabulary. Never made from text. */
export const UNUSED = 5;
/** One byte, for characters that the vocabulary lacks. */
export const BYTE = 6;
/** A character that has no id of its own, but that other pieces are merged from. */
export const UNLISTED = 7;

/** The base of the polynomial hash of pieces. Odd, so that no character's part of it is shifted out. */
export const HASH_BASE = 0x01000193;

/**
 * All pieces of a vocabulary by id, as UTF-16 in one array: 32,000 strings would take longer to make than the rest
 * of loading, and most are never needed as such.
 */
export class PieceList {
  units: Uint16Array = new Uint16Array(1 << 18);
  /** Where each piece begins in `units`; one more entry than there are pieces. */
  starts: Int32Array = new Int32Array(1 << 15);
  kinds: Uint8Array = new Uint8Array(1 << 15);
  size = 0;
  /** A piece whose text and kind another one has too, known once a piece has been looked up. */
  repeated: number | undefined;
  #index: Int32Array | undefined;

  /** Adds a piece from a string, under the next id. */
  add(text: string, kind: number): void {
    const at = this.begin(text.length);
    for (let offset = 0; offset < text.length; offset++) {
      this.units[at + offset] = text.charCodeAt(offset);
    }
    this.finish(at + text.length, kind);
  }

  /** Makes room for a piece of up to `length` units under the next id. Returns where to write it. */
  begin(length: number): number {
    const at = this.starts[this.size] as number;
    if (at + length > this.units.length) {
      const units = new Uint16Array(2 * (at + length));
      units.set(this.units);
      this.units = units;
    }
    if (this.size + 2 > this.starts.length) {
      const starts = new Int32Array(2 * this.starts.length);
      starts.set(this.starts);
      this.starts = starts;
      const kinds = new Uint8Array(starts.length);
      kinds.set(this.kinds);
      this.kinds = kinds;
    }
    return at;
  }

  /** Ends the piece that was begun. */
  finish(end: number, kind: number): void {
    this.kinds[this.size++] = kind;
    this.starts[this.size] = end;
    this.#index = undefined;
  }

  lengthOf(id: number): number {
    return (this.starts[id + 1] as number) - (this.starts[id] as number);
  }

  /** A piece as a string. */
  text(id: number): string {
    const start = this.starts[id] as number;
    const end = this.starts[id + 1] as number;
    // Piece by piece, because a hostile one can have more units than a call may have arguments.
    let text = "";
    for (let at = start; at < end; at++) text += String.fromCharCode(this.units[at] as number);
    return text;
  }

  /** The id of a piece, or -1. Of several with one text, the one that merges, or else the first. */
  idOf(text: string): number {
    const units = new Uint16Array(text.length);
    for (let at = 0; at < text.length; at++) units[at] = text.charCodeAt(at);
    return this.find(units, 0, text.length, hashUnits(units, 0, text.length));
  }

  /**
   * Looks a piece up by its text.
   *
   * @param units - holds the text
   * @param start - where it begins
   * @param end - where it ends
   * @param hash - its {@link hashUnits}
   * @returns the id, or -1
   */
  find(units: Uint16Array, start: number, end: number, hash: number): number {
    this.#index ??= this.#buildIndex();
    const index = this.#index;
    const mask = index.length - 1;
    for (let slot = scatter(hash) & mask; ; slot = (slot + 1) & mask) {
      const entry = index[slot] as number;
      if (entry === 0) return -1;
      if (this.#equals(entry - 1, units, start, end)) return entry - 1;
    }
  }

  #equals(id: number, units: Uint16Array, start: number, end: number): boolean {
    const own = this.units;
    let at = this.starts[id] as number;
    if ((this.starts[id + 1] as number) - at !== end - start) return false;
    for (let other = start; other < end; other++, at++) {
      if (own[at] !== units[other]) return false;
    }
    return true;
  }

  /** Pieces that merge come first, so that a padding piece of the same text does not hide one. */
  #buildIndex(): Int32Array {
    let slots = 1024;
    while (slots < 2 * this.size) slots *= 2;
    const index = new Int32Array(slots);
    this.#index = index;
    for (let id = 0; id < this.size; id++) if (merges(this.kinds[id])) this.#enter(index, id);
    for (let id = 0; id < this.size; id++) if (!merges(this.kinds[id])) this.#enter(index, id);
    return index;
  }

  #enter(index: Int32Array, id: number): void {
    const start = this.starts[id] as number;
    const end = this.starts[id + 1] as number;
    if (start === end) return;
    const mask = index.length - 1;
    let slot = scatter(hashUnits(this.units, start, end)) & mask;
    for (; index[slot] !== 0; slot = (slot + 1) & mask) {
      const other = (index[slot] as number) - 1;
      if (!this.#equals(other, this.units, start, end)) continue;
      if (this.kinds[other] === this.kinds[id]) this.repeated ??= id;
      return;
    }
    index[slot] = id + 1;
  }
}

/** Whether pieces of a kind take part in merges. */
export function merges(kind: number | undefined): boolean {
  return kind === NORMAL || kind === UNLISTED;
}

/** Σ unit · base^(units after it), modulo 2³². The hash of a text's end follows from those of its whole and its beginning. */
export function hashUnits(units: Uint16Array, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at++) {
    hash = (Math.imul(hash, HASH_BASE) + (units[at] as number)) | 0;
  }
  return hash;
}

/** Brings a hash's upper bits, where the differences are, down to those that choose a slot. */
export function scatter(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}
