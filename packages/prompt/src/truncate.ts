import type { PlacedMessage } from "./check-conversation.ts";
import { encodeChat } from "./encode.ts";
import type { ResolvedFit } from "./fit-options.ts";
import { contextOverflow, findLongest } from "./fit-overflow.ts";

/** What to do, by whose message is the longest of those that are not cut. */
const ADVICE = {
  system: "shorten the system message, or",
  assistant: "shorten the beginning of the answer, or",
  user: "raise contextSize, or",
};

/**
 * Cuts the user's message of a single turn so that the turn fits.
 *
 * @param messages - perhaps the system's, the user's, perhaps the beginning of an answer
 * @param room - how many tokens there may be
 * @param options - how to encode them, and where to cut
 * @returns the user's message cut short, the tokens of all, and how much was cut off
 * @throws PromptError with code `CONTEXT_OVERFLOW` if they do not even fit without the user's message
 */
export function truncateToFit(
  messages: readonly PlacedMessage[],
  room: number,
  options: ResolvedFit,
): { content: string; tokens: number; truncated: number } {
  const content = messages.find(({ role }) => role === "user")?.content ?? "";
  const attempt = (length: number) => {
    const text = cut(content, length, options.truncate);
    const shortened = messages.map((message) =>
      message.role === "user" ? { ...message, content: text } : message,
    );
    const tokens = encodeChat(shortened, options.tokenizer, options).ids.length;
    return { content: text, tokens, truncated: content.length - text.length };
  };

  let best = attempt(0);
  if (best.tokens > room) {
    const others = messages.filter(({ role }) => role !== "user");
    throw contextOverflow(
      others,
      `Without the user's message the prompt has ${best.tokens} tokens already, where ${room} are free: ` +
        `${ADVICE[findLongest(others)?.role ?? "user"]} reserve less.`,
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
