import type { ChatMessage, GenerationStream } from "@llama2-kit/protocol";

/** What an answer is asked for with. */
export interface AnswerRequest {
  readonly messages: readonly ChatMessage[];
  /** Whether the last message is an answer to go on with. */
  readonly continues: boolean;
  readonly signal: AbortSignal;
}

/** An answer under way. */
export interface PendingAnswer {
  readonly stream: GenerationStream;
  readonly model: string;
  readonly seed: number;
}

/** Where answers come from. */
export interface AnswerSource {
  answer(request: AnswerRequest): PendingAnswer;
  /** How many messages after the system prompt to leave out, the oldest first, so that the rest fits into the context. */
  countDropped(messages: readonly ChatMessage[], signal: AbortSignal): Promise<number>;
}

/** The messages to send for a conversation. */
export function toChatMessages(
  system: string,
  path: readonly { readonly role: "user" | "assistant"; readonly content: string }[],
): ChatMessage[] {
  const messages = path.map(({ role, content }) => ({ role, content }));
  return system === "" ? messages : [{ role: "system", content: system }, ...messages];
}

/** Leaves out the oldest messages after the system prompt. */
export function dropOldest(messages: readonly ChatMessage[], count: number): ChatMessage[] {
  const first = messages[0]?.role === "system" ? 1 : 0;
  return messages.filter((_, index) => index < first || index >= first + count);
}
