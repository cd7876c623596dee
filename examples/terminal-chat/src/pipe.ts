import type { Writable } from "node:stream";
import { describeCut } from "./answer-facts.ts";
import { type Command, parseCommand, runCommand } from "./commands.ts";
import type { Conversation, Listener } from "./conversation.ts";
import { readLines } from "./lines.ts";

/** What a chat without a terminal reads and writes. */
export interface Pipes {
  readonly input: AsyncIterable<Uint8Array>;
  /** Answers, and what commands were asked to show. */
  readonly output: Writable;
  /** Everything else there is to know. */
  readonly notices: Writable;
}

/**
 * Reads one message a line and writes one answer each, for use in scripts. Ends with the input, at `/quit`, or
 * when nobody reads the answers any more.
 *
 * @throws whatever an answer fails with
 */
export async function runPipe(conversation: Conversation, pipes: Pipes): Promise<void> {
  try {
    for await (const line of readLines(pipes.input)) {
      const command = parseCommand(line);
      if (command?.name === "/quit") return;
      if (command) await obey(command, conversation, pipes);
      else if (line.trim() !== "") await answer(conversation, pipes, line);
    }
  } catch (error) {
    // `| head -1` has read what it wanted: that is no failure.
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  }
}

async function obey(command: Command, conversation: Conversation, pipes: Pipes): Promise<void> {
  const outcome = await runCommand(command, conversation);
  if (outcome.kind === "retry") await answer(conversation, pipes, undefined);
  if (outcome.kind === "output") await write(pipes.output, `${outcome.text}\n`);
}

/** Asks a question, or without one the last question again, and writes the answer as it comes. */
async function answer(
  conversation: Conversation,
  { output, notices }: Pipes,
  question: string | undefined,
): Promise<void> {
  const notice = (text: string) => write(notices, `${text}\n`);
  // An answer ends in one line break, whatever it ends in itself, so white space waits for what comes after it.
  let held = "";
  const listener: Listener = {
    notice,
    text: async (piece) => {
      const text = held + piece;
      const shown = text.trimEnd();
      held = text.slice(shown.length);
      if (shown !== "") await write(output, shown);
    },
  };
  const { signal } = new AbortController();
  const result =
    question === undefined
      ? await conversation.retry(listener, signal)
      : await conversation.ask(question, listener, signal);
  if (!result) return notice("At temperature 0 the answer cannot differ: it is not given again.");
  await write(output, "\n");
  const cut = describeCut(result, conversation.parameters);
  if (cut !== undefined) await notice(cut);
}

/** Resolves when the text is handed on, so that a slow reader is waited for. */
function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
