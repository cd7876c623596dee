import { llama2Tokenizer } from "../src/llama2.ts";

/** A seeded generator of numbers: mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number from 0, below a limit. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % limit;
  }

  of<Item>(items: ArrayLike<Item>): Item {
    return items[this.below(items.length)] as Item;
  }
}

const tokenizer = llama2Tokenizer();
const ALPHABETS = [
  "etaoin shrdlu",
  "абвгдежз ",
  "あいうえお漢字",
  "=-_*#. ",
  "0123456789abcdef",
  " \n\t\r▁",
  "éèüößñ ",
];

/** What a text can be made of. Each kind makes a short text, in valid Unicode but for the last one. */
export const kinds: Record<string, (random: Random) => string> = {
  pieces: (random) =>
    many(random, 10, () => pieceText(259 + random.below(tokenizer.vocabSize - 259))),
  "mixed scripts": (random) => many(random, 20, () => random.of(random.of(ALPHABETS))),
  "one script": (random) => {
    const alphabet = random.of(ALPHABETS);
    return many(random, 40, () => random.of(alphabet));
  },
  "all of Unicode": (random) => many(random, 10, () => String.fromCodePoint(anyPoint(random))),
  spaces: (random) =>
    many(random, 12, () => random.of(["▁", "x", "\n", " ".repeat(random.below(30))])),
  "repeated letters": (random) => {
    const unit = many(random, 2, () => random.of("aet=0 ▁оの"));
    return unit.repeat(1 + random.below(60));
  },
  "names of tokens": (random) =>
    many(random, 6, () => random.of(["<s>", "</s>", "<unk>", "<0x0A>", "[INST]", " ", "a"])),
  surrogates: (random) =>
    many(random, 10, () =>
      random.of(["\ud800", "\udfff", "\ud83d", "\ude00", "😀", "a", " ", "é"]),
    ),
};

function many(random: Random, limit: number, make: () => string): string {
  let text = "";
  for (let left = 1 + random.below(limit); left > 0; left--) text += make();
  return text;
}

/** A text with U+FFFD for each surrogate that is not in a pair. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** A text of any of the kinds. */
export function randomText(random: Random): string {
  return random.of(Object.values(kinds))(random);
}

function pieceText(id: number): string {
  return (tokenizer.idToToken(id) ?? "").replaceAll("▁", " ");
}

function anyPoint(random: Random): number {
  const point = random.below(random.of([0x80, 0x800, 0x10000, 0x110000]));
  return point >= 0xd800 && point <= 0xdfff ? 0x20ac : point;
}
