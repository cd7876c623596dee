import type {
  FinishReason,
  GenerationController,
  GenerationOutcome,
  Timings,
  TokenLogprob,
  Usage,
} from "@llama2-kit/protocol";
import type { AnswerText } from "./answer-text.ts";

/** What {@link Answer} is made for. */
export interface AnswerSetup {
  /** Whether probabilities belong into the result: some servers tell them unasked. */
  readonly wantsLogprobs: boolean;
  /** What was left out of the request, a sentence each. */
  readonly warnings: readonly string[];
  /** When the caller asked, on `performance.now()`'s clock. */
  readonly startedAt: number;
}

/**
 * What has come of an answer. A dialect tells it what it reads from a stream's events, and it hands the text on and
 * makes the result.
 */
export class Answer {
  /** Why the text ended, once the server has said so. */
  finishReason: FinishReason | undefined;
  /** Whether the server's last event has come: nothing after it is read. */
  isComplete = false;
  /** What the server counted, once it has told. */
  usage: Usage | undefined;
  stopString: string | undefined;
  seed: number | undefined;
  /** Whether anything was generated: from then on, the request is not sent again. */
  hasBegun = false;
  readonly #controller: GenerationController;
  readonly #text: AnswerText;
  readonly #wantsLogprobs: boolean;
  readonly #warnings: string[];
  readonly #startedAt: number;
  #firstAt = 0;
  #lastAt = 0;
  #pieces = 0;
  readonly #tokens: number[] = [];
  readonly #logprobs: TokenLogprob[] = [];
  /** So many of them text events have told of. */
  #toldTokens = 0;
  #toldLogprobs = 0;

  constructor(controller: GenerationController, text: AnswerText, setup: AnswerSetup) {
    this.#controller = controller;
    this.#text = text;
    this.#wantsLogprobs = setup.wantsLogprobs;
    this.#warnings = [...setup.warnings];
    this.#startedAt = setup.startedAt;
  }

  /** A piece of text has come, with its tokens' ids and probabilities where the server tells them. */
  text(piece: string, tokens?: readonly number[], logprobs?: readonly TokenLogprob[]): void {
    if (this.#stopped || (piece === "" && !tokens?.length && !logprobs?.length)) return;
    if (!this.hasBegun) this.#firstAt = performance.now();
    this.hasBegun = true;
    this.#pieces++;
    for (const token of tokens ?? []) this.#tokens.push(token);
    if (this.#wantsLogprobs) for (const logprob of logprobs ?? []) this.#logprobs.push(logprob);
    this.#show(this.#text.push(piece));
    if (!this.#stopped) return;
    this.finishReason = "stop";
    this.isComplete = true;
  }

  /** The pieces that have come now are told: their time is that of the last. */
  tick(now: number): void {
    if (this.hasBegun) this.#lastAt = now;
  }

  /** The server tells how far it has read the prompt. */
  prompt(processedTokens: number, promptTokens: number): void {
    if (!this.hasBegun) this.#controller.prompt(processedTokens, promptTokens);
  }

  /** Something was asked for, or has come, that is not in the result. Said once. */
  warn(sentence: string): void {
    if (!this.#warnings.includes(sentence)) this.#warnings.push(sentence);
  }

  /** Hands on what was held back, because nothing more comes. */
  flush(modelEndedIt: boolean): void {
    this.#show(this.#text.flush(modelEndedIt));
  }

  /** The result. */
  outcome(finishReason: FinishReason): GenerationOutcome {
    this.flush(finishReason === "stop" || finishReason === "tool-calls");
    if (this.#wantsLogprobs && this.hasBegun && this.#logprobs.length === 0) {
      this.warn("The server told no log probabilities.");
    }
    const tokens = presence(this.#tokens);
    const logprobs = presence(this.#logprobs);
    const stopString = this.#text.stopString ?? this.stopString;
    return {
      finishReason,
      ...(tokens && { tokens }),
      ...(logprobs && { logprobs }),
      ...(stopString !== undefined && { stopString }),
      usage: this.usage ?? this.#countedUsage(),
      timings: this.#timings(),
      ...(this.seed !== undefined && { seed: this.seed }),
      ...(this.#warnings.length > 0 && { warnings: this.#warnings }),
    };
  }

  /** Whether the text has ended: what may come now is statistics. */
  get hasFinished(): boolean {
    return this.isComplete || this.finishReason !== undefined;
  }

  get #stopped(): boolean {
    return this.#text.stopString !== undefined;
  }

  #show(text: string): void {
    if (text === "") return;
    const tokens = this.#tokens.slice(this.#toldTokens);
    const logprobs = this.#logprobs.slice(this.#toldLogprobs);
    this.#toldTokens += tokens.length;
    this.#toldLogprobs += logprobs.length;
    this.#controller.text(text, presence(tokens), presence(logprobs));
  }

  /** Where the server tells nothing, which is so after an abort: every piece is at least a token. */
  #countedUsage(): Usage {
    const completionTokens = this.#tokens.length || this.#logprobs.length || this.#pieces;
    return { promptTokens: 0, cachedTokens: 0, completionTokens };
  }

  #timings(): Timings {
    const totalMs = performance.now() - this.#startedAt;
    if (!this.hasBegun) return { totalMs };
    const timeToFirstTokenMs = this.#firstAt - this.#startedAt;
    const seconds = (this.#lastAt - this.#firstAt) / 1000;
    const tokens = this.usage?.completionTokens ?? this.#pieces;
    if (tokens < 2 || seconds === 0) return { totalMs, timeToFirstTokenMs };
    return { totalMs, timeToFirstTokenMs, tokensPerSecond: (tokens - 1) / seconds };
  }
}

/** A list where it has something. */
function presence<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length > 0 ? list : undefined;
}
