import type { ChatMessage } from "@llama2-kit/protocol";
import { describe } from "../describe.ts";
import { PromptError } from "../error.ts";
import { requireArray, splitExchanges } from "./text-parts.ts";

/** A record of a data set in Alpaca's format, with the two fields that LLaMA-Factory added to it. */
export interface AlpacaRecord {
  readonly instruction: string;
  /** What the instruction is about. */
  readonly input?: string | null | undefined;
  /** The answer. Absent or empty in a record that is to be answered. */
  readonly output?: string | null | undefined;
  readonly system?: string | null | undefined;
  /** Earlier exchanges: questions with their answers. */
  readonly history?: readonly (readonly [question: string, answer: string])[] | null | undefined;
}

/**
 * Takes a record of Alpaca's format. The user says the instruction, and the input after an empty line.
 *
 * @param record - one line of the data set
 * @returns messages for this package
 * @throws {@link PromptError} with code `INVALID_MESSAGE` if a field is not a text
 *
 * @example
 * ```ts
 * fromAlpaca({ instruction: "Translate to French.", input: "Hello", output: "Bonjour" });
 * // [
 * //   { role: "user", content: "Translate to French.\n\nHello" },
 * //   { role: "assistant", content: "Bonjour" },
 * // ]
 * ```
 */
export function fromAlpaca(record: AlpacaRecord): ChatMessage[] {
  const field = (name: "instruction" | "input" | "output" | "system"): string => {
    const value = record?.[name] ?? (name === "instruction" ? undefined : "");
    if (typeof value === "string") return value;
    throw new PromptError("INVALID_MESSAGE", `${name} is ${describe(value)}: pass a text.`);
  };
  const [instruction, input, output, system] = [
    field("instruction"),
    field("input"),
    field("output"),
    field("system"),
  ];
  const messages: ChatMessage[] = [];
  if (system !== "") messages.push({ role: "system", content: system });
  for (const [question, answer] of requireHistory(record.history ?? [])) {
    messages.push({ role: "user", content: question }, { role: "assistant", content: answer });
  }
  messages.push({
    role: "user",
    content: input === "" ? instruction : `${instruction}\n\n${input}`,
  });
  if (output !== "") messages.push({ role: "assistant", content: output });
  return messages;
}

function requireHistory(
  history: NonNullable<AlpacaRecord["history"]>,
): NonNullable<AlpacaRecord["history"]> {
  requireArray(history, "history");
  for (const [index, exchange] of history.entries()) {
    requireArray(exchange, `history[${index}]`);
    if (exchange.length === 2 && exchange.every((text) => typeof text === "string")) continue;
    const problem = `history[${index}] is no exchange: pass two texts, a question and its answer.`;
    throw new PromptError("INVALID_MESSAGE", problem);
  }
  return history;
}

/**
 * Makes a record of Alpaca's format. Earlier exchanges go to `history`.
 *
 * @param messages - a conversation
 * @returns one line of a data set, for `JSON.stringify`
 * @throws {@link PromptError} if nobody asks anything, or users and assistants do not take turns
 *
 * @example
 * ```ts
 * toAlpaca([
 *   { role: "user", content: "Hi" },
 *   { role: "assistant", content: "Hello!" },
 * ]);
 * // { instruction: "Hi", input: "", output: "Hello!" }
 * ```
 */
export function toAlpaca(messages: readonly ChatMessage[]): AlpacaRecord {
  const { system, exchanges } = splitExchanges(messages);
  const last = exchanges.pop();
  if (!last) {
    throw new PromptError(
      "EMPTY_CONVERSATION",
      "No message is from the user: there is no instruction.",
    );
  }
  const history = exchanges.map(({ user, assistant = "" }) => [user, assistant] as const);
  return {
    instruction: last.user,
    input: "",
    output: last.assistant ?? "",
    ...(system !== undefined && { system }),
    ...(history.length > 0 && { history }),
  };
}
