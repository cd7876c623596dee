import type { ChatMessage } from "@llama2-kit/protocol";
import { encodeChat } from "./encode.ts";
import { PromptError } from "./error.ts";
import type { ResolvedFit } from "./fit-options.ts";

/**
 * Cuts the user's message of a single turn so that the turn fits.
 *
 * @param messages - perhaps the system's, the user's, perhaps the beginning of an answer
 * @param room - how many tokens there may be
 * @param options - how to encode them, and where to cut
 * @returns the messages, their tokens, and how much was cut off
 * @throws PromptError with code `CONTEXT_OVERFLOW` if they do not even fit without the user's message
 */
export function truncateToFit(
  messages: readonly ChatMessage[],
  room: number,
  options: ResolvedFit,
): { messages: ChatMessage[]; tokens: number; truncated: number } {
  const user = messages.findIndex(({ role }) => role === "user");
  const content = messages[user]?.content ?? "";
  const attempt = (length: number) => {
    const text = cut(content, length, options.truncate);
    const shortened = messages.map((message, index) =>
      index === user ? { ...message, content: text } : message,
    );
    const tokens = encodeChat(shortened, options.tokenizer, options).ids.length;
    return { messages: shortened, tokens, truncated: content.length - text.length };
  };

  let best = attempt(0);
  if (best.tokens > room) {
    throw new PromptError(
      "CONTEXT_OVERFLOW",
      `Without the user's message the prompt has ${best.tokens} tokens already, where ${room} are free: shorten ` +
        "the system message, or reserve less.",
      { messageIndex: 0 },
    );
  }
  let [low, high] = [0, content.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const tried = attempt(middle);
    if (tried.tokens <= room) {
      best = tried;
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return best;
}

/** Keeps up to `length` code units, and never half a surrogate pair. */
function cut(text: string, length: number, side: "start" | "end" | undefined): string {
  if (side === "start") {
    const begin = text.length - length;
    return text.slice(isInsidePair(text, begin) ? begin + 1 : begin);
  }
  return text.slice(0, isInsidePair(text, length) ? length - 1 : length);
}

function isInsidePair(text: string, offset: number): boolean {
  return offset > 0 && offset < text.length && (text.codePointAt(offset - 1) ?? 0) > 0xffff;
}
