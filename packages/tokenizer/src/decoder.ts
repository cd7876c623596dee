import { byteRun } from "./byte-run.ts";
import { BYTE, CONTROL, textOf, UNKNOWN } from "./pieces.ts";
import type { TokenDecoder } from "./tokenizer.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** How SentencePiece writes what is unknown: ` ⁇ `. */
const UNKNOWN_TEXT = " \u2047 ";

/** The texts of ids, made when first needed. */
export interface Surfaces {
  readonly vocabulary: Vocabulary;
  /** The byte of each byte piece. */
  readonly bytes: Uint8Array;
  /** The text of an id, with spaces for `▁`. */
  readonly textOf: (id: number) => string;
}

export function makeSurfaces(vocabulary: Vocabulary): Surfaces {
  const texts: string[] = [];
  const bytes = new Uint8Array(vocabulary.kinds.length);
  for (const [byte, id] of vocabulary.tables.byteIds.entries()) bytes[id] = byte;
  const fill = (id: number): string => {
    // Filled from the start on, for an array with holes would be slower to read.
    while (texts.length <= id) texts.push(textOf(vocabulary, texts.length).replaceAll("▁", " "));
    return texts[id] as string;
  };
  return { vocabulary, bytes, textOf: (id) => texts[id] ?? fill(id) };
}

/** Turns ids into text one by one, as SentencePiece does. The ids must be of the vocabulary. */
export function makeDecoder(
  { vocabulary, bytes, textOf }: Surfaces,
  keepsFirstSpace: boolean,
  showsSpecial: boolean,
): TokenDecoder {
  const { kinds, prefix } = vocabulary;
  const run = byteRun();
  const losesSpace = prefix.first && !keepsFirstSpace;
  // Whether nothing was shown yet. The first piece that is loses one space.
  let isAtStart = losesSpace;
  return {
    push(id) {
      const kind = kinds[id] as number;
      if (kind === BYTE) {
        isAtStart = false;
        return run.push(bytes[id] as number);
      }
      const held = run.flush();
      if (kind === CONTROL) return showsSpecial ? held + textOf(id) : held;
      let text = kind === UNKNOWN && !showsSpecial ? UNKNOWN_TEXT : textOf(id);
      if (isAtStart && kind !== UNKNOWN && text.startsWith(" ")) text = text.slice(1);
      isAtStart = false;
      return held === "" ? text : held + text;
    },
    flush() {
      isAtStart = losesSpace;
      return run.flush();
    },
  };
}
