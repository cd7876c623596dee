import type {
  BaseChatModelCallOptions,
  BaseChatModelParams,
} from "@langchain/core/language_models/chat_models";
import type { ChatModel, ChatOptions } from "@llama2-kit/protocol";
import { LangChainAdapterError } from "./error.ts";

/** What to make a `ChatLlama2` of: a model, the options that it answers with by default, and LangChain's own fields. */
export interface ChatLlama2Fields extends BaseChatModelParams, Omit<ChatOptions, "signal"> {
  /** What answers, local or behind a server; it stays yours to dispose of. */
  readonly model: ChatModel;
}

/** What a call takes: every option of a `ChatModel`, and LangChain's own. */
export interface ChatLlama2CallOptions
  extends BaseChatModelCallOptions,
    Omit<ChatOptions, "signal" | "stop"> {}

/** A record, so that an option that the contract gains fails to compile here. */
const OPTIONS: Readonly<Record<keyof Omit<ChatOptions, "signal">, true>> = {
  adapter: true,
  continueFinalMessage: true,
  dry: true,
  dynamicTemperature: true,
  frequencyPenalty: true,
  grammar: true,
  jsonSchema: true,
  logitBias: true,
  logprobs: true,
  maxTokens: true,
  minP: true,
  mirostat: true,
  penaltyWindow: true,
  presencePenalty: true,
  priority: true,
  repeatPenalty: true,
  seed: true,
  stop: true,
  temperature: true,
  topK: true,
  topNSigma: true,
  topP: true,
  typicalP: true,
  xtc: true,
};

/** The names of a `ChatModel`'s options but for the signal, which is LangChain's to pass. */
export const OPTION_NAMES: readonly string[] = Object.keys(OPTIONS);

/** Takes a `ChatModel`'s options from among others. */
export function pickChatOptions(fields: object): ChatOptions {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) => Object.hasOwn(OPTIONS, name) && value !== undefined,
    ),
  );
}

/** Options of OpenAI's models that change the answer, so that they must not be passed over in silence. */
interface ForeignOptions {
  readonly tools?: readonly unknown[];
  readonly functions?: readonly unknown[];
  readonly tool_choice?: unknown;
  readonly response_format?: unknown;
}

/**
 * @param options - those of a call
 * @throws LangChainAdapterError for tools and for OpenAI's `response_format`
 */
export function refuseForeignOptions(options: object): void {
  const {
    tools,
    functions,
    tool_choice: choice,
    response_format: format,
  }: ForeignOptions = options;
  if (tools?.length || functions?.length) throw unsupportedTools();
  if (choice !== undefined && choice !== "none" && choice !== "auto") throw unsupportedTools();
  if (format === undefined) return;
  throw new LangChainAdapterError(
    "UNSUPPORTED_OPTION",
    "response_format is an option of OpenAI's models: use jsonSchema, or withStructuredOutput().",
  );
}

/** The error for whoever binds tools. */
export function unsupportedTools(): LangChainAdapterError {
  return new LangChainAdapterError(
    "UNSUPPORTED_TOOLS",
    "Llama 2 was not trained to call tools. For an answer of a certain form, use withStructuredOutput().",
  );
}
