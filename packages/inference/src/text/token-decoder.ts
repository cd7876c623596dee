/** Turns tokens into text, given the tokens before them (which decide about a space in front). */
export type Detokenize = (tokens: readonly number[], before: readonly number[]) => string;

/** A UTF-8 sequence that is not complete has at most three bytes, hence at most three tokens. */
const LONGEST_INCOMPLETE_SEQUENCE = 3;

/** How many of the last tokens are given as context. Only the last one matters; special tokens may hide it. */
const CONTEXT_TOKENS = 4;

/** What a decoder shows for bytes that are not, or not yet, a character. */
const REPLACEMENT = "\ufffd";

/**
 * Decodes tokens to text one by one, and never splits a character. Llama 2's vocabulary spells rare characters
 * as several byte tokens; these are held back until the character is complete. Bytes that turn out to be no
 * character become U+FFFD, as in decoding them all at once: the pieces add up to the same text.
 */
export class TokenDecoder {
  readonly #detokenize: Detokenize;
  #before: number[];
  #held: number[] = [];

  /** @param before - the tokens that the first one follows */
  constructor(detokenize: Detokenize, before: readonly number[]) {
    this.#detokenize = detokenize;
    this.#before = before.slice(-CONTEXT_TOKENS);
  }

  /** Takes the next token, and returns the text that is complete by now. */
  push(token: number): string {
    this.#held.push(token);
    const text = this.#detokenize(this.#held, this.#before);
    if (!text.endsWith(REPLACEMENT)) return this.#release(this.#held.length, text);

    const settled = this.#held.length - LONGEST_INCOMPLETE_SEQUENCE;
    if (settled <= 0) return "";
    const head = this.#held.slice(0, settled);
    const headText = this.#detokenize(head, this.#before);
    const tailText = this.#detokenize(this.#held.slice(settled), [...this.#before, ...head]);
    return headText + tailText === text ? this.#release(settled, headText) : "";
  }

  /** Returns the text of what was held back: no more tokens come. */
  flush(): string {
    return this.#release(this.#held.length, this.#detokenize(this.#held, this.#before));
  }

  #release(count: number, text: string): string {
    this.#before = [...this.#before, ...this.#held.slice(0, count)].slice(-CONTEXT_TOKENS);
    this.#held = this.#held.slice(count);
    return text;
  }
}
