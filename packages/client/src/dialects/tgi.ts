import { StopStringFilter, type TokenProbability } from "@llama2-kit/protocol";
import type { Answer } from "../answer.ts";
import { isRecord } from "../describe.ts";
import type { Dialect, Fields, OptionTable } from "../dialect.ts";
import { finish } from "../finish-reason.ts";
import { openAICompatible, openAIOptions } from "./openai-compatible.ts";
import { readOpenAIEvent, toCount } from "./openai-events.ts";
import { openAIExtras } from "./openai-extras.ts";
import { textOnly } from "./text-only.ts";
import { onlyAdapter } from "./vllm.ts";

const NAME = "TGI";

/** It refuses the values with which an option does nothing, so those are left out. */
const nativeOptions: OptionTable = {
  maxTokens: "max_new_tokens",
  repeatPenalty: "repetition_penalty",
  frequencyPenalty: "frequency_penalty",
  seed: "seed",
  temperature: (temperature) => (temperature > 0 ? { temperature, do_sample: true } : {}),
  topK: (k) => (k > 0 ? { top_k: k } : {}),
  topP: (p) => (p < 1 ? { top_p: p } : {}),
  typicalP: (p) => (p < 1 ? { typical_p: p } : {}),
  stop: (stop) => ({ stop: [stop].flat() }),
  jsonSchema: (value) => ({ grammar: { type: "json", value } }),
  logprobs: (alternatives) => (alternatives > 0 ? { top_n_tokens: alternatives } : {}),
  adapter: (adapter) => ({ adapter_id: onlyAdapter(NAME, adapter) }),
};

/**
 * Hugging Face's Text Generation Inference: chats by its OpenAI side, completions by its own `/generate_stream`, which
 * tells more. Source: huggingface/text-generation-inference, router/src/lib.rs, server.rs and validation.rs.
 */
export function tgi(): Dialect {
  // It takes both, and does nothing or something else with them.
  const { logitBias: _, presencePenalty: __, ...options } = openAIOptions;
  return textOnly(openAICompatible({ name: NAME, options, more: { ...openAIExtras, ...native } }));
}

const native: Partial<Dialect> = {
  complete(prompt, request) {
    // As many as fit; the default is 20 to 100, by the version.
    const parameters = { details: true, max_new_tokens: null, ...request.write(nativeOptions) };
    return { path: "/generate_stream", body: { inputs: prompt, parameters } };
  },
  statuses: {
    overloaded: 429,
    validation: 422,
    template_error: 422,
    tool_error: 422,
    generation: 424,
    incomplete_generation: 500,
  },
  read: (event, answer) =>
    "token" in event ? readNative(event, answer) : readOpenAIEvent(event, answer),
  // Both sides leave the stop string in the text.
  stopFilter: (stop) => new StopStringFilter(stop),
  tokenize: {
    write: (text) => ({ path: "/tokenize", body: { inputs: text, add_special_tokens: false } }),
    read: (json) => (json as { id: number }[]).map(({ id }) => id),
  },
};

/** An event of `/generate_stream`. The last one has the whole text; there is no `[DONE]`. */
function readNative(event: Fields, answer: Answer): undefined {
  const { token, top_tokens: top, generated_text: whole, details } = event;
  if (isRecord(token)) {
    const { id, special } = token;
    const logprob = { ...readToken(token), top: Array.isArray(top) ? top.map(readToken) : [] };
    answer.text(special === true ? "" : logprob.text, [Number(id)], [logprob]);
  }
  if (typeof whole === "string") readEnd(isRecord(details) ? details : {}, answer);
}

function readToken({ id, text, logprob }: Fields): TokenProbability {
  return { token: Number(id), text: String(text), logprob: Number(logprob) };
}

function readEnd(details: Fields, answer: Answer): void {
  const { finish_reason: reason = "stop", input_length, generated_tokens, seed } = details;
  finish(answer, reason === "length" ? reason : "stop");
  answer.usage = {
    promptTokens: toCount(input_length),
    cachedTokens: 0,
    completionTokens: toCount(generated_tokens),
  };
  if (typeof seed === "number") answer.seed = seed;
  answer.isComplete = true;
}
