import { encodeChat } from "@llama2-kit/prompt";
import type { ChatMessage } from "@llama2-kit/protocol";

/** A question with its answer. */
export interface Turn {
  readonly question: string;
  readonly answer: string;
}

/** What a prompt is made of. */
export interface PromptParts {
  readonly system: string | undefined;
  readonly turns: readonly Turn[];
  readonly question: string;
}

/** What is known of the context that a prompt must fit into. */
export interface Room {
  readonly contextSize: number;
  readonly maxTokens: number | undefined;
  readonly tokenize: (text: string) => readonly number[];
}

/** Llama 2's longest token has 16 characters. Other vocabularies may have longer ones. */
const MOST_CHARACTERS_PER_TOKEN = 64;

/**
 * Leaves out the oldest turns where the context cannot hold all of them and an answer.
 *
 * Room for an answer is `maxTokens` or a quarter of the context, whichever is less. When that is missing, turns
 * go until half of the context is free: without its beginning the model must read a whole conversation anew, and
 * that should not happen at every question.
 *
 * @returns the turns that stay
 * @throws Error where not even the question fits
 */
export function fitContext(parts: PromptParts, room: Room): readonly Turn[] {
  const { contextSize, maxTokens = Number.POSITIVE_INFINITY } = room;
  refuseHopeless(parts, contextSize);
  let { turns } = parts;
  let limit = contextSize - Math.min(maxTokens, Math.ceil(contextSize / 4));
  for (;;) {
    const tokens = countTokens({ ...parts, turns }, room);
    if (tokens <= limit) return turns;
    if (turns.length === 0) return refuseOverflow(tokens, contextSize);
    limit = Math.floor(contextSize / 2);
    turns = turns.slice(1);
  }
}

/** The messages of a prompt, as the libraries take them. */
export function toMessages({ system, turns, question }: PromptParts): ChatMessage[] {
  return [
    ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
    ...turns.flatMap((turn) => [
      { role: "user" as const, content: turn.question },
      { role: "assistant" as const, content: turn.answer },
    ]),
    { role: "user", content: question },
  ];
}

function countTokens(parts: PromptParts, { tokenize }: Room): number {
  return encodeChat(toMessages(parts), { encode: tokenize }).ids.length;
}

/** Counting takes a second for a million characters, so it is left out where the outcome is clear. */
function refuseHopeless({ system = "", question }: PromptParts, contextSize: number): void {
  const characters = system.length + question.length;
  if (characters <= contextSize * MOST_CHARACTERS_PER_TOKEN) return;
  throw tooLong(`${characters} characters`, contextSize);
}

/** A long question may take the room of its answer, which is then cut, but not all of it. */
function refuseOverflow(tokens: number, contextSize: number): readonly Turn[] {
  if (tokens < contextSize) return [];
  throw tooLong(`${tokens} tokens`, contextSize);
}

function tooLong(length: string, contextSize: number): Error {
  return new Error(
    `Too long: the message and the system prompt have ${length}, and the context holds ${contextSize} tokens.`,
  );
}
