import { StopStringFilter } from "@llama2-kit/protocol";
import { LeadingSpaces, TrailingSpaces } from "./answer-spaces.ts";
import { type Detokenize, TokenDecoder } from "./token-decoder.ts";

/** What an {@link AnswerText} is made for. */
export interface AnswerTextOptions {
  readonly detokenize: Detokenize;
  readonly promptTokens: readonly number[];
  readonly stop: readonly string[];
  /** `message`: an assistant's message, `message-rest`: the rest of one, `raw`: a text as it comes. */
  readonly kind: "message" | "message-rest" | "raw";
}

/**
 * The way from tokens to the text that a caller sees: decode, drop the framing, watch for stop strings. The spaces
 * in front go before the stop strings are looked for, which are about the text that can be seen.
 */
export class AnswerText {
  readonly #decoder: TokenDecoder;
  readonly #leading: LeadingSpaces | undefined;
  readonly #stopStrings: StopStringFilter;
  readonly #trailing: TrailingSpaces | undefined;

  constructor({ detokenize, promptTokens, stop, kind }: AnswerTextOptions) {
    this.#decoder = new TokenDecoder(detokenize, promptTokens);
    this.#stopStrings = new StopStringFilter(stop);
    if (kind === "message") this.#leading = new LeadingSpaces();
    if (kind !== "raw") this.#trailing = new TrailingSpaces();
  }

  /** The stop string that came up, once one has. */
  get stopString(): string | undefined {
    return this.#stopStrings.found;
  }

  /** Takes the next token, and returns the text that can be shown by now. */
  push(token: number): string {
    return this.#show(this.#decoder.push(token));
  }

  /** Returns what was held back. `modelEndedIt`: the last token was the end of the sequence. */
  flush(modelEndedIt: boolean): string {
    const rest = this.#show(this.#decoder.flush());
    const held = this.#holdSpaces(this.#stopStrings.flush());
    return rest + held + (this.#trailing?.flush(modelEndedIt) ?? "");
  }

  #show(decoded: string): string {
    const text = this.#leading ? this.#leading.push(decoded) : decoded;
    return this.#holdSpaces(this.#stopStrings.push(text));
  }

  #holdSpaces(text: string): string {
    return this.#trailing ? this.#trailing.push(text) : text;
  }
}
