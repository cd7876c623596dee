import type { FinishReason, TokenLogprob, Usage } from "@llama2-kit/protocol";
import { newId } from "./new-id.ts";

/** A conversation without its messages: what lists show, and what changes by itself. */
export interface Conversation {
  readonly id: string;
  /** Empty until there is a message to take it from. */
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly updated: number;
  /** The system prompt; empty for none. */
  readonly system: string;
  /** The last message of the branch that is shown; null where there is none. */
  readonly leaf: string | null;
}

/** A message, a node of a conversation's tree. It is never changed in place. */
export interface Message {
  readonly id: string;
  readonly conversation: string;
  /** The message that it answers; null at the beginning. */
  readonly parent: string | null;
  readonly role: "user" | "assistant";
  readonly content: string;
  readonly created: number;
  /** How an answer came about, once it has ended. */
  readonly answer?: AnswerFacts;
}

/** How an answer came about. */
export interface AnswerFacts {
  readonly model: string;
  readonly seed?: number;
  /** `interrupted`: the page was closed, or the connection lost. */
  readonly finishReason: FinishReason | "interrupted";
  readonly usage?: Usage;
  readonly totalMs?: number;
  readonly timeToFirstTokenMs?: number;
  readonly tokensPerSecond?: number;
  /** Why it failed, for people. */
  readonly problem?: string;
}

/** The tokens of an answer. They weigh more than its text, so they are kept beside it. */
export interface Trace {
  /** Of the message. */
  readonly id: string;
  readonly conversation: string;
  /** The system prompt that it was generated with. */
  readonly system: string;
  /** Messages that the prompt left out, since the context was full. */
  readonly dropped: number;
  /** The text that the generation began with, where it continued an answer. */
  readonly prefix: string;
  readonly tokens?: readonly number[];
  readonly logprobs?: readonly TokenLogprob[];
}

/** Begins a conversation. */
export function newConversation(system = ""): Conversation {
  const now = Date.now();
  return { id: newId(), title: "", created: now, updated: now, system, leaf: null };
}

/** Begins a message. */
export function newMessage(
  conversation: string,
  parent: string | null,
  role: Message["role"],
  content: string,
): Message {
  return { id: newId(), conversation, parent, role, content, created: Date.now() };
}

/** Longest title that a list shows. */
const TITLE_LENGTH = 60;

/** A title from a conversation's first question. */
export function titleOf(question: string): string {
  const line = question.trim().replaceAll(/\s+/g, " ");
  if (line.length <= TITLE_LENGTH) return line;
  const cut = line.slice(0, TITLE_LENGTH);
  const space = cut.lastIndexOf(" ");
  return `${space > TITLE_LENGTH / 2 ? cut.slice(0, space) : cut}…`;
}
