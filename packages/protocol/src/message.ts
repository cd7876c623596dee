/** Who speaks in a {@link ChatMessage}. */
export type ChatRole = "system" | "user" | "assistant";

/**
 * One message of a conversation.
 *
 * A conversation is an array of them: at most one `system` message, which comes first, then `user` and
 * `assistant` in turn, the last one from the `user`.
 *
 * @example
 * ```ts
 * const messages: ChatMessage[] = [
 *   { role: "system", content: "Answer in one sentence." },
 *   { role: "user", content: "What is a llama?" },
 * ];
 * ```
 */
export interface ChatMessage {
  readonly role: ChatRole;
  /** Plain text. Spaces around it do not matter: Llama 2's format strips them (except a system message's). */
  readonly content: string;
}
