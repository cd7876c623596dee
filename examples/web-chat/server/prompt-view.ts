import type { LocalModel } from "@llama2-kit/inference";
import { encodeChat, fitMessages, formatChat, PromptError } from "@llama2-kit/prompt";
import type { ChatMessage } from "@llama2-kit/protocol";
import type { PromptCount, PromptToken, PromptView } from "../src/app-api.ts";

const BOS = 1;
const EOS = 2;

/** Llama 2's tokens for the single bytes 0 to 255, of which it makes the characters it has no token for. */
const FIRST_BYTE = 3;
const LAST_BYTE = 258;

/** A piece that is no more than part of a character decodes to this. */
const REPLACEMENT = "\ufffd";

/** What is to be looked at. */
export interface Conversation {
  readonly messages: readonly ChatMessage[];
  readonly continueFinalMessage: boolean;
}

/** Tells what a model reads: of a conversation, as much as fits with so many tokens left free for the answer. */
export class PromptViewer {
  readonly #model: LocalModel;
  readonly #tokenizer: { encode(text: string): number[] };
  readonly #texts = new Map<number, string>();
  /** A text loses its first space in decoding, so each token is decoded behind another one. */
  readonly #front: readonly number[];
  readonly #frontLength: number;

  constructor(model: LocalModel) {
    this.#model = model;
    // One object, as counts of turns are kept with it.
    this.#tokenizer = { encode: (text) => model.tokenize(text) };
    this.#front = model.tokenize("\n");
    this.#frontLength = model.detokenize(this.#front).length;
  }

  /** @throws PromptError where the conversation is not one that the format allows */
  countChat(conversation: Conversation, reserve: number | undefined): PromptCount {
    return this.#fit(conversation, reserve).count;
  }

  /** @throws PromptError where the conversation is not one that the format allows */
  viewChat(conversation: Conversation, reserve: number | undefined): PromptView {
    const { messages, count } = this.#fit(conversation, reserve);
    const { continueFinalMessage } = conversation;
    const { ids } = encodeChat(messages, this.#tokenizer, { continueFinalMessage });
    const text = formatChat(messages, { continueFinalMessage });
    return { ...count, text, tokens: Array.from(ids, this.#describe) };
  }

  countText(text: string, reserve: number | undefined): PromptCount {
    return this.#countText(this.#encodeText(text), reserve);
  }

  viewText(text: string, reserve: number | undefined): PromptView {
    const ids = this.#encodeText(text);
    const tokens = ids.map(this.#describe);
    return { ...this.#countText(ids, reserve), text: `<s>${text}`, tokens };
  }

  #fit({ messages, continueFinalMessage }: Conversation, wanted: number | undefined) {
    const { contextSize } = this.#model;
    const tokenizer = this.#tokenizer;
    const reserve = this.#reserve(wanted);
    const encode = (some: readonly ChatMessage[]) =>
      encodeChat(some, tokenizer, { continueFinalMessage }).ids.length;
    const wholeTokens = encode(messages);
    const first = messages[0]?.role === "system" ? 1 : 0;
    try {
      const options = { tokenizer, contextSize, reserve, continueFinalMessage };
      const fitted = fitMessages(messages, options);
      const dropped = fitted.dropped.map((_, index) => first + index);
      const promptTokens = fitted.tokens;
      const count = { wholeTokens, promptTokens, contextSize, reserve, dropped, fits: true };
      return { messages: fitted.messages, count };
    } catch (error) {
      if (!PromptError.isInstance(error) || error.code !== "CONTEXT_OVERFLOW") throw error;
      const newest = messages.length - (messages.at(-1)?.role === "user" ? 1 : 2);
      const left = messages.filter((_, index) => index < first || index >= newest);
      const dropped = Array.from({ length: newest - first }, (_, index) => first + index);
      const promptTokens = encode(left);
      const count = { wholeTokens, promptTokens, contextSize, reserve, dropped, fits: false };
      return { messages: left, count };
    }
  }

  #countText({ length }: readonly number[], wanted: number | undefined): PromptCount {
    const { contextSize } = this.#model;
    const reserve = this.#reserve(wanted);
    const counts = { wholeTokens: length, promptTokens: length, contextSize, reserve };
    return { ...counts, dropped: [], fits: length + reserve <= contextSize };
  }

  #encodeText(text: string): number[] {
    return [BOS, ...this.#model.tokenize(text)];
  }

  /** As `fitMessages` has it by itself. */
  #reserve(wanted: number | undefined): number {
    const { contextSize } = this.#model;
    return Math.min(wanted ?? Math.min(512, Math.floor(contextSize / 4)), contextSize - 1);
  }

  readonly #describe = (id: number): PromptToken => {
    if (id === BOS) return { id, text: "<s>", kind: "bos" };
    if (id === EOS) return { id, text: "</s>", kind: "eos" };
    const isByte = id >= FIRST_BYTE && id <= LAST_BYTE;
    return { id, text: this.#textOf(id, isByte), kind: isByte ? "byte" : "text" };
  };

  #textOf(id: number, isByte: boolean): string {
    const known = this.#texts.get(id);
    if (known !== undefined) return known;
    const piece = this.#model.detokenize([...this.#front, id]).slice(this.#frontLength);
    const byte = (id - FIRST_BYTE).toString(16).toUpperCase().padStart(2, "0");
    const text = isByte && piece === REPLACEMENT ? `<0x${byte}>` : piece;
    this.#texts.set(id, text);
    return text;
  }
}
