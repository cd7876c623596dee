import type { Answer } from "../answer.ts";
import { isRecord } from "../describe.ts";
import type { Dialect, Fields, OptionTable, RequestOptions } from "../dialect.ts";
import { finish } from "../finish-reason.ts";
import { LineParser } from "../line-parser.ts";
import { toMessage } from "./openai-compatible.ts";
import { readTokenLogprobs, toCount } from "./openai-events.ts";
import { textOnly } from "./text-only.ts";

const NAME = "Ollama";

/** A field of `options`, where Ollama has those of llama.cpp. */
function option(name: string): (value: unknown) => Fields {
  return (value) => ({ options: { [name]: value } });
}

const ollamaOptions: OptionTable = {
  maxTokens: option("num_predict"),
  temperature: option("temperature"),
  topK: option("top_k"),
  topP: option("top_p"),
  minP: option("min_p"),
  typicalP: option("typical_p"),
  repeatPenalty: option("repeat_penalty"),
  frequencyPenalty: option("frequency_penalty"),
  presencePenalty: option("presence_penalty"),
  penaltyWindow: option("repeat_last_n"),
  seed: option("seed"),
  stop: (stop) => ({ options: { stop: [stop].flat() } }),
  jsonSchema: "format",
  logprobs: (alternatives) => ({ logprobs: true, top_logprobs: alternatives }),
};

/** Ollama's own API, which streams JSON Lines. Source: ollama/ollama, docs/api.md. */
export const ollama: Dialect = textOnly({
  name: NAME,
  parseLines: (onLine) => new LineParser(onLine),
  chat(messages, request) {
    const body = { ...beginBody(request), messages: messages.map(toMessage) };
    return { path: "/api/chat", body };
  },
  complete(prompt, request) {
    return { path: "/api/generate", body: { ...beginBody(request), prompt, raw: true } };
  },
  read(event, answer) {
    const { message, response, logprobs, done } = event;
    const { content: text } = isRecord(message) ? message : { content: response };
    const read = Array.isArray(logprobs) ? readTokenLogprobs(logprobs) : undefined;
    if (typeof text === "string") answer.text(text, undefined, read);
    if (done === true) readEnd(event, answer);
    return undefined;
  },
  models: {
    write: () => ({ path: "/api/tags" }),
    read: (json) =>
      (json as { models: { name: string }[] }).models.map(({ name }) => ({ id: name })),
  },
  embed: {
    write: (input, model) => ({ path: "/api/embed", body: { model, input } }),
    read(json) {
      const { embeddings, prompt_eval_count: count } = json as Record<string, unknown>;
      return { vectors: [...(embeddings as number[][])], promptTokens: toCount(count) };
    },
  },
});

function beginBody(request: RequestOptions): Fields {
  return { model: request.model, stream: true, ...request.write(ollamaOptions) };
}

function readEnd(event: Fields, answer: Answer): void {
  // Older versions give no reason. `load` and `unload` answer to a request without a prompt.
  const { done_reason: reason = "stop", prompt_eval_count, eval_count } = event;
  finish(answer, reason === "load" || reason === "unload" ? "stop" : String(reason));
  answer.usage = {
    promptTokens: toCount(prompt_eval_count),
    cachedTokens: 0,
    completionTokens: toCount(eval_count),
  };
  answer.isComplete = true;
}
