import { lex } from "./lex.ts";

/**
 * Cuts a text in Markdown that grows into blocks. All but the last are closed: what is still to come cannot change
 * them, so they are read and drawn once.
 */
export class BlockCutter {
  #text = "";
  /** Where the open block begins. */
  #open = 0;
  #closed: readonly string[] = [];

  /** @returns the blocks, the open one last */
  cut(text: string): readonly string[] {
    if (!text.startsWith(this.#text)) {
      this.#closed = [];
      this.#open = 0;
    }
    this.#text = text;
    const tail = text.slice(this.#open);
    if (tail.trim() === "") return this.#closed;
    const blocks = lex(tail);
    while (blocks.at(-1)?.type === "space") blocks.pop();
    const closed = blocks.slice(0, -1);
    this.#open += closed.reduce((length, { raw }) => length + raw.length, 0);
    const added = closed.filter(({ type }) => type !== "space").map(({ raw }) => raw);
    if (added.length > 0) this.#closed = [...this.#closed, ...added];
    return [...this.#closed, text.slice(this.#open)];
  }
}
