import type { Conversation } from "./endpoint.ts";

/** Of a prompt, as much as tells its conversation apart from others. */
const PROMPT_START = 512;

/**
 * Names a conversation by how it begins, which stays the same as it goes on: the messages up to the user's first, or a
 * prompt's beginning. Two that begin alike have the beginning of their prompts in common, and gain from one cache.
 */
export function conversationKey({ messages, prompt }: Conversation): string {
  if (!messages) return hash(String(prompt?.slice(0, PROMPT_START)));
  const first = messages.findIndex(({ role }) => role === "user");
  const start = messages.slice(0, first + 1);
  return hash(start.map(({ content }) => content).join("\0"));
}

/** FNV-1a, with the length: a collision only has two conversations share a server. */
function hash(text: string): string {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  }
  return `${sum >>> 0} ${text.length}`;
}
