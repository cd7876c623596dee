import { fitMessages, PromptError, type TextTokenizer } from "@llama2-kit/prompt";
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
  /** The same one each time, as token counts are remembered with it. */
  readonly tokenizer: TextTokenizer;
}

/** Llama 2's longest token has 16 characters. Other vocabularies may have longer ones. */
const MOST_CHARACTERS_PER_TOKEN = 64;

/**
 * Leaves out the oldest turns where the context cannot hold all of them and an answer.
 *
 * Room for an answer is `maxTokens` or a quarter of the context, whichever is less. A long question may take it,
 * which then cuts the answer. When it is missing, several turns go at once: without its beginning the model must
 * read a whole conversation anew, and that should not happen at every question.
 *
 * @returns the turns that stay
 * @throws Error where not even the question fits
 */
export function fitContext(parts: PromptParts, room: Room): readonly Turn[] {
  const { contextSize, maxTokens = Number.POSITIVE_INFINITY, tokenizer } = room;
  refuseHopeless(parts, contextSize);
  const fit = (reserve: number) => {
    const options = { tokenizer, contextSize, reserve, keep: 2 / 3 };
    const { dropped } = fitMessages(toMessages(parts), options);
    return parts.turns.slice(dropped.length / 2);
  };
  try {
    return fit(Math.min(maxTokens, Math.ceil(contextSize / 4)));
  } catch (error) {
    if (!isOverflow(error)) throw error;
  }
  try {
    return fit(1);
  } catch (error) {
    throw isOverflow(error) ? tooLong(contextSize) : error;
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

function isOverflow(error: unknown): boolean {
  return PromptError.isInstance(error) && error.code === "CONTEXT_OVERFLOW";
}

/** Counting takes a second for a million characters, so it is left out where the outcome is clear. */
function refuseHopeless({ system = "", question }: PromptParts, contextSize: number): void {
  const characters = system.length + question.length;
  if (characters > contextSize * MOST_CHARACTERS_PER_TOKEN) throw tooLong(contextSize);
}

function tooLong(contextSize: number): Error {
  return new Error(
    `Too long: the message and the system prompt do not fit into the context of ${contextSize} tokens.`,
  );
}
