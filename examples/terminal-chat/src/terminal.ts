import type { GenerationResult } from "@llama2-kit/protocol";
import type picocolors from "picocolors";
import { describeAnswer, describeCut } from "./answer-facts.ts";
import { COMMAND_NAMES, type Command, parseCommand, runCommand } from "./commands.ts";
import type { Conversation, Listener } from "./conversation.ts";
import { errorLine } from "./error-line.ts";
import { LineEditor, type Terminal } from "./line-editor.ts";

/** What a chat in a terminal takes. */
export interface TerminalOptions extends Terminal {
  readonly colors: typeof picocolors;
}

const LEFT_BY_CTRL_C = 130;

/**
 * Chats in a terminal until the user leaves.
 *
 * @returns the exit code: 130 after Ctrl-C, else 0
 */
export function runTerminal(conversation: Conversation, options: TerminalOptions): Promise<number> {
  return new TerminalChat(conversation, options).run();
}

class TerminalChat {
  readonly #conversation: Conversation;
  readonly #output: Terminal["output"];
  readonly #colors: typeof picocolors;
  readonly #editor: LineEditor;
  /** Stops the answer that is being given. */
  #stop: AbortController | undefined;
  /** Ctrl-C was the last thing to happen. */
  #interrupted = false;
  #exitCode: number | undefined;

  constructor(conversation: Conversation, { input, output, colors }: TerminalOptions) {
    this.#conversation = conversation;
    this.#output = output;
    this.#colors = colors;
    this.#editor = new LineEditor({
      input,
      output,
      words: COMMAND_NAMES,
      onInterrupt: (discarded) => this.#interrupt(discarded),
      onEnd: () => this.#leave(0),
    });
  }

  async run(): Promise<number> {
    this.#showBanner();
    while (this.#exitCode === undefined) {
      const message = await this.#editor.read();
      if (message === undefined) break;
      this.#interrupted = false;
      await this.#handle(message);
    }
    this.#editor.close();
    return this.#exitCode ?? 0;
  }

  #showBanner(): void {
    const { id, contextSize, gpu, threads } = this.#conversation.model;
    const place = gpu || `CPU, ${threads} ${threads === 1 ? "thread" : "threads"}`;
    const facts = ` · ${contextSize} tokens of context · ${place} · /help lists the commands`;
    this.#print(this.#colors.bold(id) + this.#colors.dim(facts));
  }

  async #handle(message: string): Promise<void> {
    if (message.trim() === "") return;
    const command = parseCommand(message);
    try {
      if (command) await this.#obey(command);
      else if (message.startsWith("/")) this.#hint(message);
      else await this.#answer(message);
    } catch (error) {
      this.#print(this.#colors.red(errorLine(error, command ? "" : "--")));
    }
  }

  async #obey(command: Command): Promise<void> {
    const outcome = await runCommand(command, this.#conversation);
    if (outcome.kind === "quit") this.#leave(0);
    else if (outcome.kind === "retry") await this.#answer(undefined);
    else if (outcome.kind === "done") this.#print(this.#colors.dim(outcome.text));
    else this.#print(printable(outcome.text));
  }

  #hint(message: string): void {
    const [word = ""] = message.split(/\s/);
    this.#print(
      this.#colors.dim(
        `There is no command ${printable(word)}: /help lists them. To send this as a message, put a space in front.`,
      ),
    );
  }

  /** Asks a question, or without one the last question again, and shows the answer as it comes. */
  async #answer(question: string | undefined): Promise<void> {
    const stop = new AbortController();
    this.#stop = stop;
    let shown = "";
    const listener: Listener = {
      text: (piece) => {
        shown = printable(piece);
        this.#output.write(shown);
      },
      notice: (text) => this.#print(this.#colors.dim(text)),
    };
    try {
      const result =
        question === undefined
          ? await this.#conversation.retry(listener, stop.signal)
          : await this.#conversation.ask(question, listener, stop.signal);
      if (result) this.#showOutcome(result, shown);
      else this.#print(this.#colors.dim(SAME_ANSWER));
    } catch (error) {
      if (shown !== "") this.#print("");
      throw error;
    } finally {
      this.#stop = undefined;
    }
  }

  #showOutcome(result: GenerationResult, shown: string): void {
    if (!shown.endsWith("\n")) this.#print("");
    const cut = describeCut(result, this.#conversation.parameters);
    const stopped = result.text === "" ? "(stopped: the message is taken back)" : "(stopped)";
    const mark = result.finishReason === "aborted" ? stopped : cut;
    if (mark !== undefined) this.#print(this.#colors.dim(mark));
    this.#print(this.#colors.dim(describeAnswer(result)));
  }

  #interrupt(discarded: boolean): void {
    const again = this.#interrupted;
    this.#interrupted = !discarded || this.#stop !== undefined;
    if (again && !discarded) this.#leave(LEFT_BY_CTRL_C);
    else if (this.#stop) this.#stop.abort();
    else if (!discarded) this.#editor.interject(this.#colors.dim("Press Ctrl-C again to leave."));
  }

  #leave(exitCode: number): void {
    if (this.#exitCode !== undefined) return;
    this.#exitCode = exitCode;
    this.#stop?.abort();
    this.#editor.close();
  }

  #print(line: string): void {
    this.#output.write(`${line}\n`);
  }
}

const SAME_ANSWER =
  "At temperature 0 the answer cannot differ. For another one raise it: /params temperature=0.6";

/** A model can write any character, also those that command the terminal. */
function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, "");
}
