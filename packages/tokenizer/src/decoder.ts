import { ByteRun } from "./byte-run.ts";
import { BYTE, CONTROL, type Pieces, textOf, UNKNOWN } from "./pieces.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** How SentencePiece writes what is unknown: ` ⁇ `. */
const UNKNOWN_TEXT = " \u2047 ";

/** The texts of a vocabulary's pieces, made when first needed. Decoders share one. */
export class Surfaces {
  readonly kinds: ArrayLike<number>;
  /** The byte of each byte piece. */
  readonly bytes: Uint8Array;
  /** Whether the first space of a text is one that encoding put there. */
  readonly hasPrefix: boolean;
  readonly #pieces: Pieces;
  readonly #texts: string[] = [];

  constructor(vocabulary: Vocabulary) {
    const { kinds, prefix, tables } = vocabulary;
    this.#pieces = vocabulary;
    this.kinds = kinds;
    this.hasPrefix = prefix.first;
    this.bytes = new Uint8Array(kinds.length);
    for (const [byte, id] of tables.byteIds.entries()) this.bytes[id] = byte;
  }

  /** A piece with its `▁` as spaces. */
  textOf(id: number): string {
    const texts = this.#texts;
    // Filled from the start on, for an array with holes would be slower to read.
    while (texts.length <= id) {
      texts.push(textOf(this.#pieces, texts.length).replaceAll("▁", " "));
    }
    return texts[id] as string;
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
    const shown = wasAtStart && text.startsWith(" ") ? text.slice(1) : text;
    return held === "" ? shown : held + shown;
  }

  /** Ends the text. Returns what was held back; the next id begins another text. */
  flush(): string {
    this.#isAtStart = !this.#keepsFirstSpace;
    return this.#run.flush();
  }
}

const UTF16 = new TextDecoder("utf-16le", { ignoreBOM: true });

/** Ids from which on joining strings takes longer than copying them together. */
const MANY = 64;

const BUFFER_UNITS = 1 << 13;

/**
 * Decodes ids at once. Joining a million short strings leaves a tree of them, so the text is put together in a buffer.
 *
 * @param decoder - at the beginning of a text
 * @param ids - all of the vocabulary
 */
export function decodeAll(decoder: PieceDecoder, ids: ArrayLike<number>): string {
  let text = "";
  if (ids.length < MANY) {
    for (let index = 0; index < ids.length; index++) text += decoder.push(ids[index] as number);
    return text + decoder.flush();
  }
  const units = new Uint16Array(BUFFER_UNITS);
  let length = 0;
  for (let index = 0; index < ids.length; index++) {
    const part = decoder.push(ids[index] as number);
    if (length + part.length > BUFFER_UNITS) {
      text += UTF16.decode(units.subarray(0, length));
      length = 0;
    }
    for (let at = 0; at < part.length; at++) units[length++] = part.charCodeAt(at);
  }
  return text + UTF16.decode(units.subarray(0, length)) + decoder.flush();
}
