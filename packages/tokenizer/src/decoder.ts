import { byteRun } from "./byte-run.ts";
import { BYTE, CONTROL, NORMAL, textOf, UNKNOWN } from "./pieces.ts";
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
  // Whether the next normal piece is shown as it is: nothing is held back, and nothing taken away.
  let isPlain = false;
  const pushOther = (id: number, kind: number): string => {
    const held = run.flush();
    if (kind === CONTROL) return showsSpecial ? held + textOf(id) : held;
    const wasAtStart = isAtStart;
    isAtStart = false;
    if (kind === UNKNOWN) return held + (showsSpecial ? textOf(id) : UNKNOWN_TEXT);
    const text = textOf(id);
    return held + (wasAtStart && text.startsWith(" ") ? text.slice(1) : text);
  };
  return {
    push(id) {
      const kind = kinds[id] as number;
      if (isPlain && kind === NORMAL) return textOf(id);
      isPlain = kind === NORMAL;
      if (kind !== BYTE) return pushOther(id, kind);
      isAtStart = false;
      return run.push(bytes[id] as number);
    },
    flush() {
      isAtStart = losesSpace;
      isPlain = false;
      return run.flush();
    },
  };
}
