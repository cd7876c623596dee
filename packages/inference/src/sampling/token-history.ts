/** The tokens so far, prompt and answer: what penalties look at. */
export class TokenHistory {
  readonly #tokens: number[];

  constructor(prompt: ArrayLike<number>) {
    this.#tokens = Array.from(prompt);
  }

  push(token: number): void {
    this.#tokens.push(token);
  }

  get tokens(): readonly number[] {
    return this.#tokens;
  }

  /** The last tokens, or all of them where there are fewer. */
  last(count: number): Uint32Array {
    return Uint32Array.from(this.#tokens.slice(-count));
  }
}
