/** Most characters of text whose ids are kept: some 8 MB with their ids. */
const MOST_CHARACTERS = 1_000_000;

/**
 * The ids of texts encoded lately. Each turn of a conversation brings all the turns before it again, and encoding
 * these would take longer than evaluating the new ones with a small model.
 */
export class EncodedTexts {
  readonly #encodeAnew: (text: string) => number[];
  /** Those used last come last. */
  readonly #ids = new Map<string, number[]>();
  #characters = 0;

  constructor(encode: (text: string) => number[]) {
    this.#encodeAnew = encode;
  }

  /** The ids of a text. They are kept, so they must not be changed. */
  encode(text: string): number[] {
    const kept = this.#ids.get(text);
    if (kept) this.#ids.delete(text);
    else this.#characters += text.length;
    const ids = kept ?? this.#encodeAnew(text);
    this.#ids.set(text, ids);
    this.#forgetOldest();
    return ids;
  }

  #forgetOldest(): void {
    for (const text of this.#ids.keys()) {
      if (this.#characters <= MOST_CHARACTERS) return;
      this.#ids.delete(text);
      this.#characters -= text.length;
    }
  }
}
