import { AnswerTrimmer } from "./answer-trimmer.ts";
import { StopStringFilter } from "./stop-strings.ts";
import { type Detokenize, TokenDecoder } from "./token-decoder.ts";

/** What an {@link AnswerText} is made for. */
export interface AnswerTextOptions {
  readonly detokenize: Detokenize;
  readonly promptTokens: readonly number[];
  readonly stop: readonly string[];
  /** `message`: an assistant's message, `message-rest`: the rest of one, `raw`: a text as it comes. */
  readonly kind: "message" | "message-rest" | "raw";
}

/** The way from tokens to the text that a caller sees: decode, watch for stop strings, trim the framing. */
export class AnswerText {
  readonly #decoder: TokenDecoder;
  readonly #stopStrings: StopStringFilter;
  readonly #trimmer: AnswerTrimmer | undefined;

  constructor({ detokenize, promptTokens, stop, kind }: AnswerTextOptions) {
    this.#decoder = new TokenDecoder(detokenize, promptTokens);
    this.#stopStrings = new StopStringFilter(stop);
    if (kind !== "raw") this.#trimmer = new AnswerTrimmer({ continued: kind === "message-rest" });
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
    const held = this.#trim(this.#stopStrings.flush());
    return rest + held + (this.#trimmer?.flush(modelEndedIt) ?? "");
  }

  #show(decoded: string): string {
    return this.#trim(this.#stopStrings.push(decoded));
  }

  #trim(text: string): string {
    return this.#trimmer ? this.#trimmer.push(text) : text;
  }
}
