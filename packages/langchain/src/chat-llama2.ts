import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { ModelAbortError } from "@langchain/core/errors";
import type {
  BaseLanguageModelInput,
  StructuredOutputMethodOptions,
} from "@langchain/core/language_models/base";
import {
  BaseChatModel,
  type BindToolsInput,
  type LangSmithParams,
} from "@langchain/core/language_models/chat_models";
import type { ModelProfile } from "@langchain/core/language_models/profile";
import {
  AIMessage,
  AIMessageChunk,
  type BaseMessage,
  type MessageContent,
} from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import type { Runnable } from "@langchain/core/runnables";
import type { ChatModel, ChatOptions } from "@llama2-kit/protocol";
import { toAnswer } from "./answer.ts";
import {
  type ChatLlama2CallOptions,
  type ChatLlama2Fields,
  OPTION_NAMES,
  pickChatOptions,
  refuseForeignOptions,
  unsupportedTools,
} from "./call-options.ts";
import { readGeneration, startGeneration, tellToken, toChunks } from "./generation.ts";
import { stopPointlessRetry, toHostError } from "./host-error.ts";
import { toChatMessages } from "./messages.ts";
import {
  type OutputSchema,
  parseOutput,
  type RawAndParsed,
  toJsonSchemaOption,
} from "./structured-output.ts";

/** Where a backend has no tokenizer to ask: about what English comes to. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * A LangChain chat model that answers with any `ChatModel`, local or behind a server.
 *
 * @example
 * ```ts
 * import { StringOutputParser } from "@langchain/core/output_parsers";
 * import { ChatPromptTemplate } from "@langchain/core/prompts";
 * import { loadModel } from "@llama2-kit/inference";
 * import { ChatLlama2 } from "@llama2-kit/langchain";
 *
 * const model = new ChatLlama2({
 *   model: await loadModel({ model: "llama-2-7b-chat.Q4_K_M.gguf" }),
 *   temperature: 0,
 * });
 * const chain = ChatPromptTemplate.fromTemplate("What is a {animal}?").pipe(model).pipe(new StringOutputParser());
 * for await (const piece of await chain.stream({ animal: "llama" })) process.stdout.write(piece);
 * ```
 */
export class ChatLlama2 extends BaseChatModel<ChatLlama2CallOptions> {
  /** What answers. */
  readonly chatModel: ChatModel;
  /** The options it answers with, where a call gives no others. */
  readonly chatOptions: ChatOptions;

  /** The name in traces, written out because minifiers change it. */
  static override lc_name(): string {
    return "ChatLlama2";
  }

  /** @param fields - the model, its options, and LangChain's own fields. `maxRetries` is 0 by default. */
  constructor(fields: ChatLlama2Fields) {
    super({ maxRetries: 0, onFailedAttempt: stopPointlessRetry, ...fields });
    this.chatModel = fields.model;
    this.chatOptions = pickChatOptions(fields);
  }

  /** Names this kind of model. */
  _llmType(): string {
    return "llama2";
  }

  /** The options that a call takes. */
  override get callKeys(): string[] {
    return [...super.callKeys, ...OPTION_NAMES];
  }

  /** What the model can do. */
  override get profile(): ModelProfile {
    return { imageInputs: false, toolCalling: false, structuredOutput: true };
  }

  /** What a trace shows of a call. */
  override invocationParams(options?: this["ParsedCallOptions"]): Record<string, unknown> {
    return { ...this._identifyingParams(), ...pickChatOptions(options ?? {}) };
  }

  /** What answers depend on: a part of the key of LangChain's cache. */
  override _identifyingParams(): Record<string, unknown> {
    return { model: this.chatModel.id, ...this.chatOptions };
  }

  /** What LangSmith is told. */
  override getLsParams(options: this["ParsedCallOptions"]): LangSmithParams {
    const { temperature, maxTokens } = { ...this.chatOptions, ...pickChatOptions(options) };
    return {
      ...super.getLsParams(options),
      ls_provider: "llama2",
      ls_model_name: this.chatModel.id,
      ...(temperature !== undefined && { ls_temperature: temperature }),
      ...(maxTokens !== undefined && { ls_max_tokens: maxTokens }),
    };
  }

  /** Counts tokens with the model's own vocabulary, and estimates where it has no `tokenize`. */
  override async getNumTokens(content: MessageContent): Promise<number> {
    const { text } = new AIMessage({ content });
    const tokens = await this.chatModel.tokenize?.(text);
    return tokens?.length ?? Math.ceil(text.length / CHARACTERS_PER_TOKEN);
  }

  /** Answers a conversation; callbacks hear each token. */
  async _generate(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    const chat = this.prepareChat(messages, options);
    const read = () => readGeneration(chat(), runManager);
    const result = await this.caller.callWithOptions(retriesOf(options), read).catch(rethrow);
    const { usage, finishReason, fields } = toAnswer(result.text, result, this.chatModel.id);
    if (result.finishReason === "aborted" && options.signal?.aborted) {
      const partial = new AIMessageChunk(fields);
      throw new ModelAbortError(
        "The answer was aborted; partialOutput has what there is.",
        partial,
      );
    }
    return {
      generations: [
        {
          text: result.text,
          message: new AIMessage(fields),
          generationInfo: { finish_reason: finishReason },
        },
      ],
      llmOutput: {
        tokenUsage: {
          promptTokens: usage.input_tokens,
          completionTokens: usage.output_tokens,
          totalTokens: usage.total_tokens,
        },
      },
    };
  }

  /** Streams an answer, its usage in the last chunk. LangChain itself throws when the signal has fired. */
  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const chat = this.prepareChat(messages, options);
    const start = () => startGeneration(chat());
    try {
      const generation = await this.caller.callWithOptions(retriesOf(options), start);
      for await (const chunk of toChunks(generation, this.chatModel.id)) {
        yield chunk;
        await tellToken(runManager, chunk);
      }
    } catch (error) {
      throw toHostError(error);
    }
  }

  /** Refuses tools, so that an agent fails at once instead of waiting for calls that never come. */
  override bindTools(
    tools: BindToolsInput[],
    options: Partial<ChatLlama2CallOptions> = {},
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, ChatLlama2CallOptions> {
    if (tools.length > 0) throw unsupportedTools();
    return this.withConfig(options);
  }

  /**
   * Answers in JSON of a schema. The model is held to it token by token, and is not told of it: describe in the prompt
   * what is wanted.
   */
  // biome-ignore lint/suspicious/noExplicitAny: LangChain's own constraint, as an interface is no record of unknowns
  override withStructuredOutput<Output extends Record<string, any> = Record<string, any>>(
    schema: OutputSchema<Output>,
    config?: StructuredOutputMethodOptions<false>,
  ): Runnable<BaseLanguageModelInput, Output>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  override withStructuredOutput<Output extends Record<string, any> = Record<string, any>>(
    schema: OutputSchema<Output>,
    config?: StructuredOutputMethodOptions<true>,
  ): Runnable<BaseLanguageModelInput, RawAndParsed<Output>>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  override withStructuredOutput<Output extends Record<string, any>>(
    schema: OutputSchema<Output>,
    { method, includeRaw }: StructuredOutputMethodOptions<boolean> = {},
  ): Runnable<BaseLanguageModelInput, Output | RawAndParsed<Output>> {
    const jsonSchema = toJsonSchemaOption(schema, method);
    return parseOutput(this.withConfig({ jsonSchema }), schema, includeRaw);
  }

  /** Checks everything that can be checked before a call, which may be made several times. */
  private prepareChat(messages: BaseMessage[], options: this["ParsedCallOptions"]) {
    refuseForeignOptions(options);
    const conversation = toChatMessages(messages);
    const chatOptions = {
      ...this.chatOptions,
      ...pickChatOptions(options),
      ...(options.signal && { signal: options.signal }),
    };
    return () => this.chatModel.chat(conversation, chatOptions);
  }
}

function retriesOf({ maxRetries }: { maxRetries?: number }): { maxRetries?: number } {
  return maxRetries === undefined ? {} : { maxRetries };
}

function rethrow(error: unknown): never {
  throw toHostError(error);
}
