import { encodeChat, encodeInfill, formatChat } from "@llama2-kit/prompt";
import type { ChatMessage } from "@llama2-kit/protocol";
import type { LlamaModel, Token } from "node-llama-cpp";
import type { AnswerTextOptions } from "./answer-text.ts";
import { InferenceError } from "./error.ts";
import { badParameter } from "./parameters.ts";

/** A prompt's ids, and what kind of text follows it. */
export interface Prompt {
  readonly ids: readonly Token[];
  readonly textKind: AnswerTextOptions["kind"];
  /** A token that ends what is generated, beside those that always do. */
  readonly endOfAnswer?: Token | undefined;
}

/** Code with a gap. */
export interface InfillText {
  /** The code before the gap. */
  readonly prefix: string;
  /** The code behind it. */
  readonly suffix: string;
}

/** Makes token ids of what a caller wants answered or continued, with a model's own vocabulary. */
export class PromptEncoder {
  /** Tokens there are in the vocabulary. */
  readonly vocabularySize: number;
  readonly #id: string;
  readonly #model: LlamaModel;
  readonly #chatFormat: "auto" | "llama2";

  constructor(options: { id: string; model: LlamaModel; chatFormat: "auto" | "llama2" }) {
    this.#id = options.id;
    this.#model = options.model;
    this.#chatFormat = options.chatFormat;
    this.vocabularySize = options.model.fileInfo.metadata.tokenizer.ggml.tokens.length;
  }

  /**
   * A conversation, as Llama 2 Chat was trained on it.
   *
   * @throws PromptError where the conversation is not one the format allows
   * @throws InferenceError `UNSUPPORTED_CHAT_FORMAT`
   */
  chat(messages: readonly ChatMessage[], continueFinalMessage: boolean): Prompt {
    this.#refuseForeignChatTemplate();
    const tokenizer = { encode: (text: string) => this.#model.tokenize(text, false) };
    const options = { ...this.#boundaryIds(), continueFinalMessage };
    const { ids, spans } = encodeChat(messages, tokenizer, options);
    const last = spans.at(-1);
    const isBegun = last?.role === "assistant" && last.end > last.start;
    return { ids: Array.from(ids) as Token[], textKind: isBegun ? "message-rest" : "message" };
  }

  /** A text, with BOS in front where the model wants it; or ids as they are. */
  raw(prompt: string | ArrayLike<number>): Prompt {
    if (typeof prompt !== "string") {
      return { ids: this.checkIds("prompt", prompt), textKind: "raw" };
    }
    const { bos, shouldPrependBosToken } = this.#model.tokens;
    const start = bos !== null && shouldPrependBosToken ? [bos] : [];
    return { ids: [...start, ...this.#model.tokenize(prompt, false)], textKind: "raw" };
  }

  /**
   * The conversation's prompt as text, with the special tokens written out.
   *
   * @throws as {@link PromptEncoder.chat} does
   */
  chatText(messages: readonly ChatMessage[]): string {
    this.#refuseForeignChatTemplate();
    return formatChat(messages);
  }

  /**
   * Code with a gap that the model is to fill in, as Code Llama was trained on it.
   *
   * @throws InferenceError `INFILL_UNSUPPORTED` or `BAD_PARAMETER`
   */
  infill(text: InfillText): Prompt {
    for (const part of ["prefix", "suffix"] as const) {
      if (typeof text?.[part] !== "string") throw badParameter(part, text?.[part], "a string");
    }
    const { prefix, middle, suffix } = this.#model.tokens.infill;
    const { eot } = this.#model.tokens;
    if (prefix === null || middle === null || suffix === null) {
      throw new InferenceError(
        "INFILL_UNSUPPORTED",
        `${this.#id} has no tokens for infilling. Code Llama 7B and 13B have them.`,
      );
    }
    const infillIds = { prefix, middle, suffix, endOfText: eot ?? -1 };
    const tokenizer = { encode: (part: string) => this.#model.tokenize(part, false) };
    const ids = encodeInfill(text.prefix, text.suffix, tokenizer, {
      ...this.#boundaryIds(),
      infillIds,
    });
    return { ids: Array.from(ids) as Token[], textKind: "raw", endOfAnswer: eot ?? undefined };
  }

  /** @throws InferenceError `BAD_PARAMETER` where something is no token id of this vocabulary */
  checkIds(parameter: string, tokens: ArrayLike<number>): Token[] {
    if (typeof tokens !== "object" || typeof tokens?.length !== "number") {
      const allowed = parameter === "prompt" ? "a text or token ids" : "token ids";
      throw badParameter(parameter, tokens, allowed);
    }
    const ids = Array.from(tokens);
    const wrong = ids.findIndex(
      (id) => !Number.isInteger(id) || id < 0 || id >= this.vocabularySize,
    );
    if (wrong === -1) return ids as Token[];
    const range = `an integer from 0 to ${this.vocabularySize - 1}`;
    throw badParameter(`${parameter}[${wrong}]`, ids[wrong], range);
  }

  /** Llama 2's format cannot be written in a vocabulary without BOS and EOS. */
  #boundaryIds(): { bosId: number; eosId: number } {
    const { bos, eos } = this.#model.tokens;
    if (bos !== null && eos !== null) return { bosId: bos, eosId: eos };
    throw new InferenceError(
      "UNSUPPORTED_CHAT_FORMAT",
      `${this.#id} has no BOS or EOS token, so it cannot chat in Llama 2's format. Use complete().`,
    );
  }

  /** A base model has no template at all. */
  #refuseForeignChatTemplate(): void {
    const template = this.#model.fileInfo.metadata.tokenizer.chat_template;
    if (this.#chatFormat === "llama2" || !template || isLlama2Template(template)) return;
    throw new InferenceError(
      "UNSUPPORTED_CHAT_FORMAT",
      `The chat template of ${this.#id} is not Llama 2's, so it was trained on other prompts. ` +
        'Use complete() with a prompt of your own, or load it with chatFormat: "llama2" to chat all the same.',
    );
  }
}

/** Whether a chat template is Llama 2's, or of its family: these have `<<SYS>>`. */
export function isLlama2Template(template: string): boolean {
  return template.includes("<<SYS>>");
}
