import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3GenerateResult,
  LanguageModelV3ResponseMetadata,
  LanguageModelV3StreamResult,
} from "@ai-sdk/provider";
import type { ChatModel, GenerationEvent } from "@llama2-kit/protocol";
import { toHostError } from "./host-error.ts";
import { toChatMessages } from "./messages.ts";
import { createResponseId } from "./response-id.ts";
import { toFinishReason, toProviderMetadata, toUsage, toWarnings } from "./result.ts";
import { toChatSettings } from "./settings.ts";
import { toPartStream } from "./stream-parts.ts";

/** How to wrap a model. */
export interface Llama2Options {
  /** Names each response. A random id by default. */
  readonly generateId?: (() => string) | undefined;
}

/**
 * Makes a language model for the Vercel AI SDK of any `ChatModel`, local or behind a server.
 *
 * @param model - what answers; it stays yours to dispose of
 * @param options - how to wrap it
 * @returns a model of specification v3, for `generateText`, `streamText`, `wrapLanguageModel`, …
 *
 * @example
 * ```ts
 * import { llama2 } from "@llama2-kit/ai-sdk";
 * import { loadModel } from "@llama2-kit/inference";
 * import { streamText } from "ai";
 *
 * const model = await loadModel({ model: "llama-2-7b-chat.Q4_K_M.gguf" });
 * const { textStream } = streamText({ model: llama2(model), prompt: "What is a llama?" });
 * for await (const piece of textStream) process.stdout.write(piece);
 * ```
 */
export function llama2(model: ChatModel, options: Llama2Options = {}): LanguageModelV3 {
  const generateId = options.generateId ?? createResponseId;
  const describeResponse = (): LanguageModelV3ResponseMetadata => ({
    id: generateId(),
    modelId: model.id,
    timestamp: new Date(),
  });
  return {
    specificationVersion: "v3",
    provider: "llama2",
    modelId: model.id,
    supportedUrls: {},
    doGenerate: (call) => generate(model, call, describeResponse()),
    doStream: (call) => stream(model, call, describeResponse()),
  };
}

async function generate(
  model: ChatModel,
  call: LanguageModelV3CallOptions,
  response: LanguageModelV3ResponseMetadata,
): Promise<LanguageModelV3GenerateResult> {
  const { options, warnings } = toChatSettings(call);
  const generation = model.chat(toChatMessages(call.prompt), options);
  const result = await generation.result.catch((error: unknown) => {
    throw toHostError(error, model);
  });
  if (result.finishReason === "aborted") call.abortSignal?.throwIfAborted();
  return {
    content: result.text === "" ? [] : [{ type: "text", text: result.text }],
    finishReason: toFinishReason(result.finishReason),
    usage: toUsage(result.usage),
    warnings: [...warnings, ...toWarnings(result)],
    providerMetadata: toProviderMetadata(result),
    response,
  };
}

async function stream(
  model: ChatModel,
  call: LanguageModelV3CallOptions,
  response: LanguageModelV3ResponseMetadata,
): Promise<LanguageModelV3StreamResult> {
  const { options, warnings } = toChatSettings(call);
  const events = model.chat(toChatMessages(call.prompt), options)[Symbol.asyncIterator]();
  const leading = await readLeading(events).catch((error: unknown) => {
    throw toHostError(error, model);
  });
  const last = leading.at(-1);
  if (last?.type === "finish" && last.result.finishReason === "aborted") {
    call.abortSignal?.throwIfAborted();
  }
  return { stream: toPartStream({ leading, events, model, call, warnings, response }) };
}

/**
 * Reads until there is something to show. The SDK tries again until it has a stream, and never after, so that what
 * fails before the first text must fail before there is a stream.
 */
async function readLeading(
  events: AsyncIterator<GenerationEvent, undefined>,
): Promise<GenerationEvent[]> {
  const leading: GenerationEvent[] = [];
  for (;;) {
    const { done, value } = await events.next();
    if (done) return leading;
    leading.push(value);
    if (value.type !== "prompt") return leading;
  }
}
