import type { TokenLogprob } from "@llama2-kit/protocol";
import type { Answer } from "../answer.ts";
import { isRecord } from "../describe.ts";
import type { Dialect, Fields, OptionTable } from "../dialect.ts";
import { finish } from "../finish-reason.ts";
import { openLlamaServerStream } from "../llama-server-stream.ts";
import { openAICompatible } from "./openai-compatible.ts";
import {
  readOpenAIEvent,
  readProgress,
  readTokenLogprobs,
  readTokens,
  toCount,
} from "./openai-events.ts";
import { openAIExtras } from "./openai-extras.ts";

/** llama.cpp's sampling options. Chats take them as well as completions do. */
export const samplingOptions: OptionTable = {
  temperature: "temperature",
  topK: "top_k",
  topP: "top_p",
  minP: "min_p",
  typicalP: "typical_p",
  topNSigma: "top_n_sigma",
  repeatPenalty: "repeat_penalty",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  penaltyWindow: "repeat_last_n",
  seed: "seed",
  grammar: "grammar",
  jsonSchema: "json_schema",
  stop: (stop) => ({ stop: [stop].flat() }),
  logitBias: (bias) => ({
    logit_bias: Object.entries(bias).map(([id, value]) => [Number(id), value]),
  }),
  dynamicTemperature: ({ range, exponent }) => ({
    dynatemp_range: range,
    dynatemp_exponent: exponent,
  }),
  mirostat: ({ tau, eta }) => ({ mirostat: 2, mirostat_tau: tau, mirostat_eta: eta }),
  xtc: ({ probability, threshold }) => ({ xtc_probability: probability, xtc_threshold: threshold }),
  dry: ({ multiplier, base, allowedLength, window, breakers }) => ({
    dry_multiplier: multiplier,
    dry_base: base,
    dry_allowed_length: allowedLength,
    dry_penalty_last_n: window,
    dry_sequence_breakers: breakers,
  }),
};

/** What it tells of texts. */
export const llamaServerTexts: Pick<Dialect, "tokenize" | "detokenize" | "formatPrompt"> = {
  tokenize: {
    write: (text) => ({ path: "/tokenize", body: { content: text, parse_special: false } }),
    read: (json) => (json as { tokens: number[] }).tokens,
  },
  detokenize: {
    write: (tokens) => ({ path: "/detokenize", body: { tokens } }),
    read: (json) => (json as { content: string }).content,
  },
  formatPrompt: {
    write: (messages) => ({ path: "/apply-template", body: { messages } }),
    read: (json) => (json as { prompt: string }).prompt,
  },
};

const completionOptions = (): OptionTable => ({
  ...samplingOptions,
  maxTokens: "n_predict",
  // 0 would be none at all.
  logprobs: (alternatives) => ({ n_probs: Math.max(1, alternatives) }),
});

const chatFields = { stream_options: { include_usage: true }, return_progress: true };

/**
 * llama.cpp's server: chats by its OpenAI side, which takes all of llama.cpp's options, and completions by its own
 * `/completion`. Source: ggml-org/llama.cpp, tools/server/README.md.
 */
export const llamaServer = (): Dialect =>
  openAICompatible({
    name: "llama-server",
    options: {
      ...samplingOptions,
      maxTokens: "max_tokens",
      logprobs: (alternatives) => ({ logprobs: true, top_logprobs: alternatives }),
      // It does so of its own accord where the assistant speaks last.
      continueFinalMessage: () => ({}),
    },
    fields: chatFields,
    more: {
      ...openAIExtras,
      complete(prompt, request) {
        const body = { prompt, stream: true, return_progress: true, return_tokens: true };
        return { path: "/completion", body: { ...body, ...request.write(completionOptions()) } };
      },
      read: (event, answer) =>
        "choices" in event ? readOpenAIEvent(event, answer) : readNative(event, answer),
      resume: (stream, answer) =>
        stream.request.path.startsWith("chat/") ? openLlamaServerStream(stream, answer) : undefined,
      ...llamaServerTexts,
    },
  });

/** An event of `/completion`. The last one says `stop: true`; there is no `[DONE]`. */
function readNative(event: Fields, answer: Answer): undefined {
  const { content, tokens, stop, completion_probabilities: probabilities } = event;
  const { prompt_progress } = event;
  readProgress(prompt_progress, answer);
  let logprobs: TokenLogprob[] | undefined;
  if (Array.isArray(probabilities)) logprobs = readTokenLogprobs(probabilities);
  if (typeof content === "string") answer.text(content, readTokens(tokens), logprobs);
  if (stop === true) readEnd(event, answer);
}

function readEnd(event: Fields, answer: Answer): void {
  const { stop_type: type, stopping_word: word, tokens_evaluated, tokens_predicted } = event;
  const { timings, generation_settings } = event;
  const { cache_n } = isRecord(timings) ? timings : {};
  const { seed } = isRecord(generation_settings) ? generation_settings : {};
  finish(answer, type === "limit" ? "length" : "stop");
  if (type === "word" && typeof word === "string") answer.stopString = word;
  answer.usage = {
    promptTokens: toCount(tokens_evaluated),
    cachedTokens: toCount(cache_n),
    completionTokens: toCount(tokens_predicted),
  };
  if (typeof seed === "number") answer.seed = seed;
  answer.isComplete = true;
}
