import type { LlamaModel, Token } from "node-llama-cpp";

/** Stands in front of a token, so that the space that it begins with is not dropped as at a text's beginning. */
const BEFORE = "a";

/** The text that each token of a vocabulary stands for by itself. */
export class TokenTexts {
  readonly #model: LlamaModel;
  readonly #before: Token[];

  constructor(model: LlamaModel) {
    this.#model = model;
    this.#before = model.tokenize(BEFORE, false);
  }

  /** A token's text; of a special token its name, of a part of a character U+FFFD. */
  of(token: number): string {
    return this.#model.detokenize([token as Token], true, this.#before);
  }
}
