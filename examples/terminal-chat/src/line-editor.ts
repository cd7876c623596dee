import { createInterface, type Interface } from "node:readline";
import { type Readable, Writable } from "node:stream";

/** A terminal, or what stands in for one. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable & { readonly columns?: number };
}

/** How a {@link LineEditor} behaves. */
export interface LineEditorOptions extends Terminal {
  /** The words that the Tab key completes. */
  readonly words: readonly string[];
  /** Called at Ctrl-C. `discarded`: there was a line begun, which it has thrown away. */
  readonly onInterrupt: (discarded: boolean) => void;
  /** Called when the input ends, as at Ctrl-D. */
  readonly onEnd: () => void;
}

const PROMPT = "> ";
const CONTINUATION_PROMPT = ". ";

/**
 * Reads messages from a terminal, with Node's readline and its history. What is typed while nobody asks is not
 * shown, lest it mix with an answer, but kept: lines wait in a queue, and a line begun shows up with the next prompt.
 */
export class LineEditor {
  readonly #options: LineEditorOptions;
  readonly #screen: Screen;
  readonly #readline: Interface;
  #queue: string[] = [];
  /** The lines of a message that goes on, as they ended in a backslash. */
  #begun: string[] = [];
  #resolve: ((message: string | undefined) => void) | undefined;
  #ended = false;

  constructor(options: LineEditorOptions) {
    this.#options = options;
    this.#screen = new Screen(options.output);
    this.#readline = createInterface({
      input: options.input,
      output: this.#screen,
      terminal: true,
      completer: (line: string) => [options.words.filter((word) => word.startsWith(line)), line],
    });
    this.#readline.on("line", (line) => this.#take(line));
    this.#readline.on("SIGINT", () => this.#interrupt());
    this.#readline.on("close", () => this.#end());
  }

  /** Returns the next message, or undefined where the input has ended. */
  read(): Promise<string | undefined> {
    if (this.#ended) return Promise.resolve(undefined);
    const waiting = this.#queue.shift();
    if (waiting !== undefined) {
      this.#options.output.write(`${PROMPT}${waiting}\n`);
      return Promise.resolve(waiting);
    }
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#prompt();
    });
  }

  /** Shows a line of our own in place of the prompt, which comes again below. */
  interject(text: string): void {
    this.#options.output.write(`\n${text}\n`);
    if (this.#resolve) this.#prompt();
  }

  /** Gives the terminal back as it was. */
  close(): void {
    this.#readline.close();
  }

  #take(line: string): void {
    if (line.endsWith("\\")) {
      this.#begun.push(line.slice(0, -1));
      if (this.#resolve) this.#prompt();
      return;
    }
    const message = [...this.#begun, line].join("\n");
    this.#begun = [];
    if (this.#resolve) this.#answer(message);
    else this.#queue.push(message);
  }

  #interrupt(): void {
    this.#queue = [];
    const discarded = this.#takeTyped() !== "" || this.#begun.length > 0;
    this.#begun = [];
    if (discarded && this.#resolve) {
      this.#options.output.write("\n");
      this.#prompt();
    }
    this.#options.onInterrupt(discarded);
  }

  #end(): void {
    this.#ended = true;
    if (this.#resolve) this.#options.output.write("\n");
    this.#answer(undefined);
    this.#options.onEnd();
  }

  #answer(message: string | undefined): void {
    this.#screen.muted = true;
    this.#resolve?.(message);
    this.#resolve = undefined;
  }

  #prompt(): void {
    const typed = this.#takeTyped();
    this.#screen.muted = false;
    this.#readline.setPrompt(this.#begun.length === 0 ? PROMPT : CONTINUATION_PROMPT);
    this.#readline.prompt();
    if (typed !== "") this.#readline.write(typed);
  }

  /** Takes the line begun out of readline, unseen, so that readline knows of nothing on the screen. */
  #takeTyped(): string {
    const { line } = this.#readline;
    this.#screen.muted = true;
    this.#readline.write(null, { ctrl: true, name: "e" });
    this.#readline.write(null, { ctrl: true, name: "u" });
    return line;
  }
}

/** What readline writes to: the terminal, or nothing while it is muted. */
class Screen extends Writable {
  muted = true;
  readonly #output: Terminal["output"];

  constructor(output: Terminal["output"]) {
    super({ decodeStrings: false });
    this.#output = output;
    output.on("resize", () => this.emit("resize"));
  }

  /** Readline asks for it, to know where a line wraps. */
  get columns(): number | undefined {
    return this.#output.columns;
  }

  override _write(text: string, _encoding: BufferEncoding, done: () => void): void {
    if (!this.muted) this.#output.write(text);
    done();
  }
}
