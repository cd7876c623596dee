import {
  formatChat,
  type GuardCategory,
  type GuardVerdict,
  llamaGuardMessages,
  parseLlamaGuard,
} from "@llama2-kit/prompt";
import type { ChatMessage, ChatModel } from "@llama2-kit/protocol";

/**
 * Judges what was said last in a conversation, which the user or the assistant said. Throws where it cannot tell;
 * that is not taken for safe.
 */
export type SafetyCheck = (
  conversation: readonly ChatMessage[],
  options: { readonly signal: AbortSignal },
) => Promise<GuardVerdict>;

/** How to have Llama Guard judge. */
export interface LlamaGuardOptions {
  /** What is unsafe, called O1, O2, … in this order. The six categories it was trained on by default. */
  readonly categories?: readonly GuardCategory[] | undefined;
}

/** A verdict and its categories; more, and it goes on about something else. */
const LONGEST_VERDICT = 100;

/**
 * A safety check by Llama Guard 7B, Meta's Llama 2 that was trained to judge conversations.
 *
 * @param model - a loaded Llama Guard, or a client of a server that runs one
 *
 * @example
 * ```ts
 * const guard = await loadModel({ model: "hf:…/LlamaGuard-7b-GGUF:Q4_K_M" });
 * const safe = withGuard(model, llamaGuard(guard));
 * ```
 */
export function llamaGuard(model: ChatModel, { categories }: LlamaGuardOptions = {}): SafetyCheck {
  return async (conversation, { signal }) => {
    const messages = llamaGuardMessages(conversation, { categories });
    // As a raw prompt, because the conversation is text in it: tags that users wrote must not be refused.
    const prompt = formatChat(messages, { specialTags: "escape", bos: false });
    const options = { temperature: 0, maxTokens: LONGEST_VERDICT, signal };
    const { text, finishReason } = await model.complete(prompt, options).result;
    if (finishReason === "aborted") throw new Error("the check was aborted");
    return parseLlamaGuard(text);
  };
}
