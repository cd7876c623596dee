import { ByteRun } from "./byte-run.ts";
import { BYTE, CONTROL, SPACE, UNKNOWN } from "./pieces.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** How SentencePiece writes what is unknown: ` ⁇ `. */
const UNKNOWN_TEXT = " \u2047 ";

/** The texts of a vocabulary's pieces, made when first needed. Decoders share one. */
export class Surfaces {
  readonly kinds: Uint8Array;
  readonly size: number;
  /** The byte of each byte piece. */
  readonly bytes: Uint8Array;
  /** Whether the first space of a text is one that encoding put there. */
  readonly hasPrefix: boolean;
  readonly #pieces: Vocabulary["pieces"];
  readonly #texts: string[] = [];

  constructor(vocabulary: Vocabulary) {
    this.#pieces = vocabulary.pieces;
    this.kinds = vocabulary.pieces.kinds;
    this.size = vocabulary.tables.size;
    this.hasPrefix = vocabulary.prefix.first;
    this.bytes = new Uint8Array(this.size);
    for (const [byte, id] of vocabulary.tables.byteIds.entries()) this.bytes[id] = byte;
  }

  /** A piece with its `▁` as spaces. */
  textOf(id: number): string {
    const known = this.#texts[id];
    if (known !== undefined) return known;
    // Filled from the start on, for an array with holes would be slower to read.
    while (this.#texts.length <= id) {
      this.#texts.push(this.#pieces.text(this.#texts.length).replaceAll("\u2581", " "));
    }
    return this.#texts[id] as string;
  }

  beginsWithSpace(id: number): boolean {
    return this.#pieces.units[this.#pieces.starts[id] as number] === SPACE;
  }
}

/** Turns ids into text one by one, as SentencePiece does. */
export class PieceDecoder {
  readonly #surfaces: Surfaces;
  readonly #showsSpecial: boolean;
  readonly #run = new ByteRun();
  readonly #keepsFirstSpace: boolean;
  /** Whether nothing was shown yet. The first piece that is loses one space. */
  #isAtStart: boolean;

  constructor(surfaces: Surfaces, keepsFirstSpace: boolean, showsSpecial: boolean) {
    this.#surfaces = surfaces;
    this.#showsSpecial = showsSpecial;
    this.#keepsFirstSpace = keepsFirstSpace || !surfaces.hasPrefix;
    this.#isAtStart = !this.#keepsFirstSpace;
  }

  /** Takes the next id, which must be one of the vocabulary. Returns the text that is certain now. */
  push(id: number): string {
    const surfaces = this.#surfaces;
    const kind = surfaces.kinds[id] as number;
    if (kind === BYTE) {
      this.#isAtStart = false;
      return this.#run.push(surfaces.bytes[id] as number);
    }
    const held = this.#run.flush();
    if (kind === CONTROL) return this.#showsSpecial ? held + surfaces.textOf(id) : held;
    const wasAtStart = this.#isAtStart;
    this.#isAtStart = false;
    if (kind === UNKNOWN) return held + (this.#showsSpecial ? surfaces.textOf(id) : UNKNOWN_TEXT);
    const text = surfaces.textOf(id);
    const shown = wasAtStart && surfaces.beginsWithSpace(id) ? text.slice(1) : text;
    return held === "" ? shown : held + shown;
  }

  /** Ends the text. Returns what was held back; the next id begins another text. */
  flush(): string {
    this.#isAtStart = !this.#keepsFirstSpace;
    return this.#run.flush();
  }
}
