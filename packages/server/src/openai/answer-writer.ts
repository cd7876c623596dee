import type {
  GenerationResult,
  OpenAIUsage,
  PromptEvent,
  TextEvent,
  TokenLogprob,
  Usage,
} from "@llama2-kit/protocol";
import { openAIError } from "../error-bodies.ts";
import type { OpenAIRequest } from "../parameters/openai-request.ts";
import type { Problem } from "../problem.ts";
import type { StreamWriter } from "../streaming/stream-body.ts";
import { logprobsOfText } from "./logprobs.ts";
import { toFinishReason, toUsage } from "./usage.ts";

/** What all of an answer's events have in common. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
}

/** How chats and completions differ as streams. */
export interface EventShape {
  readonly object: string;
  /** The events before any text. */
  readonly opening: (index: number) => { readonly content: object } | undefined;
  /** Fields of a choice with a piece of text. `""` is where the text goes, and it comes last. */
  readonly text: { readonly before: string; readonly after: string };
  /** Fields of a choice's last event beside its reason. */
  readonly closing: object;
  readonly logprobs: (logprobs: readonly TokenLogprob[], index: number) => object;
}

/** What has been told of a choice. */
interface SoFar {
  usage: Usage;
  /** How many tokens' log probabilities. */
  logprobs: number;
}

const DONE = "data: [DONE]\n\n";

/** Writes OpenAI's streams: each event is a chunk in JSON, and `[DONE]` is the last one. */
export class OpenAIWriter implements StreamWriter {
  readonly ping = ": ping\n\n";
  readonly #head: string;
  readonly #shape: EventShape;
  readonly #request: OpenAIRequest;
  readonly #choices: number;
  readonly #soFar: SoFar[];

  constructor(head: AnswerHead, shape: EventShape, request: OpenAIRequest, choices: number) {
    const { id, created, model } = head;
    this.#head = JSON.stringify({ id, object: shape.object, created, model }).slice(0, -1);
    this.#shape = shape;
    this.#request = request;
    this.#choices = choices;
    this.#soFar = Array.from({ length: choices }, () => ({
      usage: { promptTokens: 0, cachedTokens: 0, completionTokens: 0 },
      logprobs: 0,
    }));
  }

  begin(): string {
    let text = "";
    for (let index = 0; index < this.#choices; index++) {
      const opening = this.#shape.opening(index);
      if (opening) text += this.#choice({ index, ...opening.content, finish_reason: null });
    }
    return text;
  }

  prompt(index: number, { processedTokens, promptTokens }: PromptEvent): string {
    const soFar = this.#soFar[index];
    if (soFar) soFar.usage = { ...soFar.usage, promptTokens };
    if (!this.#request.progress) return "";
    // As llama-server tells it.
    const progress = { total: promptTokens, cache: 0, processed: processedTokens, time_ms: 0 };
    return this.#event(`"choices":[],"prompt_progress":${JSON.stringify(progress)}`);
  }

  /** Written by hand but for the text itself: this is what costs something, and only the text changes. */
  text(index: number, { text, tokens, logprobs }: TextEvent): string {
    const soFar = this.#soFar[index];
    if (soFar) {
      const completionTokens = soFar.usage.completionTokens + (tokens?.length ?? 1);
      soFar.usage = { ...soFar.usage, completionTokens };
      soFar.logprobs += logprobs?.length ?? 0;
    }
    const { before, after } = this.#shape.text;
    const probabilities = logprobs ? JSON.stringify(this.#shape.logprobs(logprobs, index)) : "null";
    const ids = this.#request.tokenIds && tokens ? `,"token_ids":[${tokens.join(",")}]` : "";
    return this.#event(
      `"choices":[{"index":${index},${before}${JSON.stringify(text)}${after},"logprobs":${probabilities},"finish_reason":null${ids}}]`,
    );
  }

  finish(index: number, result: GenerationResult): string {
    const soFar = this.#soFar[index];
    // Those of tokens that no text came of, such as a space at the end of a message.
    const untold = logprobsOfText(result)?.slice(soFar?.logprobs ?? 0) ?? [];
    const untoldIds = result.tokens?.slice(soFar?.usage.completionTokens ?? 0);
    if (soFar) soFar.usage = result.usage;
    const { stopString } = result;
    return this.#choice({
      index,
      ...this.#shape.closing,
      logprobs: untold.length > 0 ? this.#shape.logprobs(untold, index) : null,
      finish_reason: toFinishReason(result.finishReason),
      ...(stopString !== undefined && { stop_reason: stopString }),
      ...(this.#request.tokenIds && untoldIds && { token_ids: untoldIds }),
    });
  }

  end(results: readonly GenerationResult[]): string {
    if (!this.#request.includeUsage) return DONE;
    const usage = toUsage(results, this.#request.n);
    return `data: ${this.#head},"choices":[],"usage":${JSON.stringify(usage)}}\n\n${DONE}`;
  }

  error(problem: Problem): string {
    return `data: ${JSON.stringify(openAIError(problem))}\n\n${DONE}`;
  }

  #choice(choice: object): string {
    return this.#event(`"choices":[${JSON.stringify(choice)}]`);
  }

  #event(fields: string): string {
    return `data: ${this.#head},${fields}${this.#usageField()}}\n\n`;
  }

  #usageField(): string {
    const { continuousUsage, includeUsage, n } = this.#request;
    if (!continuousUsage) return includeUsage ? ',"usage":null' : "";
    const usage: OpenAIUsage = toUsage(this.#soFar, n);
    return `,"usage":${JSON.stringify(usage)}`;
  }
}
