import type { GenerationResult, TokenLogprob, TokenProbability } from "@llama2-kit/protocol";
import { answerRequest } from "../answer-request.ts";
import { ollamaError } from "../error-bodies.ts";
import { Fields } from "../fields.ts";
import { logprobsOfText } from "../openai/logprobs.ts";
import { readMessages } from "../parameters/messages.ts";
import { readOllamaRequest } from "../parameters/ollama-request.ts";
import { readJson } from "../request-body.ts";
import type { RouteHandler } from "../service.ts";
import type { StreamWriter } from "../streaming/stream-body.ts";
import { refuseTooLong } from "../text-length.ts";

/** `POST /api/chat` of Ollama: a stream unless told otherwise, of one JSON object a line. */
export const ollamaChat: RouteHandler = async (exchange, service) => {
  const fields = new Fields(await readJson(exchange.request, service.limits.maxBodyBytes));
  const request = readOllamaRequest(fields);
  const served = service.models.find(request.model);
  const { name, model, adapter } = served;
  const messages = readMessages(fields);
  if (messages.length === 0) return { json: loaded(name) };
  refuseTooLong(model, "messages", ...messages.map(({ content }) => content));
  return answerRequest(exchange, service, {
    served,
    count: 1,
    start: (_, signal) =>
      model.chat(messages, {
        ...request.options,
        ...(adapter !== undefined && { adapter }),
        signal,
      }),
    writer: request.stream ? new OllamaWriter(name) : undefined,
    contentType: "application/x-ndjson",
    whole: ([result]) => lastObject(name, result, result?.text ?? ""),
  });
};

/** What Ollama answers to a chat without messages, by which its clients have a model loaded. */
function loaded(model: string): object {
  return { ...object(model, ""), done_reason: "load", done: true };
}

class OllamaWriter implements StreamWriter {
  readonly ping = ""; // JSON Lines have no comments
  readonly #model: string;

  constructor(model: string) {
    this.#model = model;
  }

  begin(): string {
    return "";
  }

  prompt(): string {
    return "";
  }

  text(
    _: number,
    { text, logprobs }: { text: string; logprobs?: readonly TokenLogprob[] },
  ): string {
    return line({
      ...object(this.#model, text),
      done: false,
      ...(logprobs && { logprobs: logprobs.map(toOllama) }),
    });
  }

  finish(_: number, result: GenerationResult): string {
    if (result.finishReason === "aborted") return line({ error: "the server is about to end" });
    return line(lastObject(this.#model, result, ""));
  }

  end(): string {
    return "";
  }

  error(problem: Parameters<typeof ollamaError>[0]): string {
    return line(ollamaError(problem));
  }
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function object(model: string, content: string) {
  return { model, created_at: new Date().toISOString(), message: { role: "assistant", content } };
}

const NANOSECONDS = 1e6;

/** The object that ends a stream, or is all of the answer. Ollama tells durations in nanoseconds. */
function lastObject(model: string, result: GenerationResult | undefined, content: string): object {
  if (!result) return { ...object(model, content), done: true };
  const { finishReason, usage, timings } = result;
  const { totalMs, timeToFirstTokenMs = totalMs, queuedMs = 0 } = timings;
  const logprobs = content === "" ? undefined : logprobsOfText(result);
  return {
    ...object(model, content),
    done_reason: finishReason === "length" ? "length" : "stop",
    done: true,
    total_duration: Math.round(totalMs * NANOSECONDS),
    load_duration: Math.round(queuedMs * NANOSECONDS),
    prompt_eval_count: usage.promptTokens,
    prompt_eval_duration: Math.round(Math.max(0, timeToFirstTokenMs - queuedMs) * NANOSECONDS),
    eval_count: usage.completionTokens,
    eval_duration: Math.round(Math.max(0, totalMs - timeToFirstTokenMs) * NANOSECONDS),
    ...(logprobs && { logprobs: logprobs.map(toOllama) }),
  };
}

function toOllama(token: TokenLogprob): object {
  const plain = ({ text, logprob }: TokenProbability) => ({ token: text, logprob });
  return { ...plain(token), top_logprobs: token.top.map(plain) };
}

/** `GET /api/tags` of Ollama: the models. */
export const ollamaTags: RouteHandler = (_, service) => {
  const modified = new Date(service.created * 1000).toISOString();
  const models = service.models.list().map(({ name }) => ({
    name,
    model: name,
    modified_at: modified,
    size: 0,
    digest: "",
    details: {
      parent_model: "",
      format: "gguf",
      family: "llama",
      families: ["llama"],
      parameter_size: "",
      quantization_level: "",
    },
  }));
  return { json: { models } };
};
