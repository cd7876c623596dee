import type { GenerationResult, TextEvent, TokenLogprob } from "@llama2-kit/protocol";
import { tgiError } from "../error-bodies.ts";
import { logprobsOfText } from "../openai/logprobs.ts";
import type { TgiRequest } from "../parameters/tgi-request.ts";
import type { Problem } from "../problem.ts";
import type { StreamWriter } from "../streaming/stream-body.ts";

/** Llama 2's ids that stand in where a backend tells none: its unknown token, and its end of the sequence. */
const UNKNOWN = 0;
const EOS = 2;

/**
 * Writes TGI's stream, which has an event for each token, the last one with the whole text. Where several tokens make
 * up a piece of text, the last of them has it, as in TGI.
 */
export class TgiWriter implements StreamWriter {
  readonly ping = ":\n\n";
  readonly isTokenwise = true;
  readonly #request: TgiRequest;
  #index = 0;

  constructor(request: TgiRequest) {
    this.#request = request;
  }

  begin(): string {
    return "";
  }

  prompt(): string {
    return "";
  }

  text(_: number, { text, tokens = [UNKNOWN], logprobs }: TextEvent): string {
    const last = tokens.length - 1;
    return tokens
      .map((id, at) => {
        const token = {
          id,
          text: at === last ? text : "",
          logprob: logprobs?.[at]?.logprob ?? null,
          special: false,
        };
        return this.#event({
          token,
          ...this.#topTokens(logprobs?.[at]),
          generated_text: null,
          details: null,
        });
      })
      .join("");
  }

  finish(_: number, result: GenerationResult): string {
    if (result.finishReason === "aborted") {
      const error = "The server is about to end.";
      return data({ error, error_type: "incomplete_generation" });
    }
    const { text, finish_reason } = describeEnd(result);
    const { stopString = "", tokens, usage, seed } = result;
    // A stop string is a part of the text for TGI. The token that ends a text is none.
    const token = {
      id: tokens?.at(-1) ?? EOS,
      text: stopString,
      logprob: result.logprobs?.at(-1)?.logprob ?? null,
      special: stopString === "",
    };
    const details = {
      finish_reason,
      generated_tokens: usage.completionTokens,
      input_length: usage.promptTokens,
      seed: seed ?? null,
    };
    const full = this.#request.returnFullText ? this.#request.inputs + text : text;
    return this.#event({ token, generated_text: full, details });
  }

  end(): string {
    return "";
  }

  error(problem: Problem): string {
    return data(tgiError(problem));
  }

  #topTokens(token: TokenLogprob | undefined): object {
    if (!token || token.top.length === 0) return {};
    const top = token.top.map(({ token: id, text, logprob }) => ({
      id,
      text,
      logprob,
      special: false,
    }));
    return { top_tokens: top };
  }

  #event(fields: object): string {
    return data({ index: ++this.#index, ...fields });
  }
}

/** No space, and no end marker: as axum writes it. */
function data(value: object): string {
  return `data:${JSON.stringify(value)}\n\n`;
}

/** TGI's text, and its word for why it ended. */
function describeEnd({ text, stopString, finishReason }: GenerationResult) {
  if (stopString !== undefined) return { text: text + stopString, finish_reason: "stop_sequence" };
  return { text, finish_reason: finishReason === "length" ? "length" : "eos_token" };
}

/** A whole answer of TGI's. */
export function describeGeneration(result: GenerationResult, request: TgiRequest): object {
  const { text, finish_reason } = describeEnd(result);
  const generated_text = request.returnFullText ? request.inputs + text : text;
  if (!request.details) return { generated_text };
  const tokens = (logprobsOfText(result) ?? []).map(({ token, text: piece, logprob }) => ({
    id: token ?? null,
    text: piece,
    logprob,
    special: false,
  }));
  const details = {
    finish_reason,
    generated_tokens: result.usage.completionTokens,
    seed: result.seed ?? null,
    prefill: [],
    tokens,
  };
  return { generated_text, details };
}
