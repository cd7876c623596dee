import { PassThrough, Writable } from "node:stream";
import pc from "picocolors";
import { vi } from "vitest";
import type { TerminalOptions } from "../src/terminal.ts";

export const CTRL_C = "\u0003";
export const CTRL_D = "\u0004";
export const TAB = "\t";
export const UP = "\u001b[A";

/** Readline's commands to the terminal: colours, cursor, clearing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one
const ESCAPES = /\u001b\[[\d;]*[A-Za-z]/g;

/** Stands in for a terminal: takes keys, and keeps what is written to it. */
export class FakeTerminal implements TerminalOptions {
  readonly input: PassThrough = new PassThrough();
  readonly colors: TerminalOptions["colors"] = pc.createColors(false) as typeof pc;
  /** Keys to press as soon as a text shows up. */
  readonly #reactions: { readonly text: string; readonly keys: string }[] = [];
  #written = "";
  readonly output: Writable = new Writable({
    write: (chunk, _encoding, done) => {
      this.#written += chunk;
      this.#react();
      done();
    },
  });

  press(keys: string): void {
    this.input.write(keys);
  }

  /** Presses keys once a text has come, which may be in the middle of an answer. */
  pressAt(text: string, keys: string): void {
    this.#reactions.push({ text, keys });
  }

  /** What was written, without the commands. Whatever was shown and cleared again is still there. */
  get text(): string {
    return this.#written.replaceAll(ESCAPES, "").replaceAll("\r", "");
  }

  /** Waits until a text has come so many times. */
  async until(text: string, times = 1): Promise<void> {
    await vi.waitFor(
      () => {
        if (this.text.split(text).length <= times) throw new Error(`no ${text} in:\n${this.text}`);
      },
      { timeout: 4000, interval: 2 },
    );
  }

  #react(): void {
    const due = this.#reactions.findIndex(({ text }) => this.text.includes(text));
    if (due === -1) return;
    for (const { keys } of this.#reactions.splice(due, 1)) this.press(keys);
  }
}
