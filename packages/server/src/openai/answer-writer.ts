import type {
  GenerationResult,
  OpenAIUsage,
  PromptEvent,
  TextEvent,
  TokenLogprob,
} from "@llama2-kit/protocol";
import { openAIError } from "../error-bodies.ts";
import type { OpenAIRequest } from "../parameters/openai-request.ts";
import type { Problem } from "../problem.ts";
import type { StreamWriter } from "../streaming/stream-body.ts";
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

const DONE = "data: [DONE]\n\n";

/** Writes OpenAI's streams: each event is a chunk in JSON, and `[DONE]` is the last one. */
export class OpenAIWriter implements StreamWriter {
  readonly ping = ": ping\n\n";
  readonly #head: string;
  readonly #shape: EventShape;
  readonly #request: OpenAIRequest;
  readonly #choices: number;
  /** Tokens of the prompts and of the answers so far. */
  readonly #soFar: { prompt: number; cached: number; completion: number }[];

  constructor(head: AnswerHead, shape: EventShape, request: OpenAIRequest, choices: number) {
    const { id, created, model } = head;
    this.#head = JSON.stringify({ id, object: shape.object, created, model }).slice(0, -1);
    this.#shape = shape;
    this.#request = request;
    this.#choices = choices;
    this.#soFar = Array.from({ length: choices }, () => ({ prompt: 0, cached: 0, completion: 0 }));
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
    if (soFar) soFar.prompt = promptTokens;
    if (!this.#request.progress) return "";
    // As llama-server tells it.
    const progress = { total: promptTokens, cache: 0, processed: processedTokens, time_ms: 0 };
    return this.#event(`"choices":[],"prompt_progress":${JSON.stringify(progress)}`);
  }

  /** Written by hand but for the text itself: this is what costs something, and only the text changes. */
  text(index: number, { text, tokens, logprobs }: TextEvent): string {
    const soFar = this.#soFar[index];
    if (soFar) soFar.completion += tokens?.length ?? 1;
    const { before, after } = this.#shape.text;
    const probabilities = logprobs ? JSON.stringify(this.#shape.logprobs(logprobs, index)) : "null";
    const ids = this.#request.tokenIds && tokens ? `,"token_ids":[${tokens.join(",")}]` : "";
    return this.#event(
      `"choices":[{"index":${index},${before}${JSON.stringify(text)}${after},"logprobs":${probabilities},"finish_reason":null${ids}}]`,
    );
  }

  finish(index: number, result: GenerationResult): string {
    const soFar = this.#soFar[index];
    if (soFar) {
      const { promptTokens, cachedTokens, completionTokens } = result.usage;
      Object.assign(soFar, {
        prompt: promptTokens,
        cached: cachedTokens,
        completion: completionTokens,
      });
    }
    const { stopString } = result;
    return this.#choice({
      index,
      ...this.#shape.closing,
      logprobs: null,
      finish_reason: toFinishReason(result.finishReason),
      ...(stopString !== undefined && { stop_reason: stopString }),
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
    const usage: OpenAIUsage = toUsage(
      this.#soFar.map(({ prompt, cached, completion }) => ({
        usage: { promptTokens: prompt, cachedTokens: cached, completionTokens: completion },
      })),
      n,
    );
    return `,"usage":${JSON.stringify(usage)}`;
  }
}
