/** Watches a text for stop strings, for servers that leave them in it. */
export interface StopFilter {
  /** The stop string that came up, once one has. Nothing is let through after it. */
  readonly found: string | undefined;
  /** Takes the next piece, and returns the text that can be shown by now. */
  push(piece: string): string;
  /** Returns what was held back: the text has ended. */
  flush(): string;
}

/**
 * What text follows a prompt: an assistant's `message`, the `rest` of one, or `raw` text as it comes. A message has
 * spaces around it that belong to the prompt's format.
 */
export type TextKind = "message" | "rest" | "raw";

/**
 * The way from the pieces that a server sends to those that a caller sees: no half characters, no stop strings, and not
 * the spaces that frame a message.
 */
export class AnswerText {
  readonly #stop: StopFilter | undefined;
  readonly #trims: boolean;
  #atStart: boolean;
  #held = "";

  constructor(kind: TextKind, stop: StopFilter | undefined) {
    this.#stop = stop;
    this.#trims = kind !== "raw";
    this.#atStart = kind === "message";
  }

  /** The stop string that came up, once one has. */
  get stopString(): string | undefined {
    return this.#stop?.found;
  }

  /** Takes the next piece, and returns the text that can be shown by now. */
  push(piece: string): string {
    if (piece === "") return "";
    let text = this.#atStart ? this.#withoutFirstSpaces(piece) : piece;
    if (this.#stop) text = this.#stop.push(text);
    if (text === "") return "";
    return this.#holdBack(this.#held === "" ? text : this.#held + text);
  }

  /** Returns what was held back. `modelEndedIt`: spaces at the end are of the format. */
  flush(modelEndedIt: boolean): string {
    const text = this.#held + (this.#stop?.flush() ?? "");
    this.#held = "";
    return modelEndedIt && this.#trims ? text.slice(0, endWithoutSpaces(text)) : text;
  }

  #withoutFirstSpaces(piece: string): string {
    let start = 0;
    while (piece[start] === " ") start++;
    this.#atStart = start === piece.length;
    return piece.slice(start);
  }

  /** Spaces that may be the last ones, and half a character: until the next piece shows what becomes of them. */
  #holdBack(text: string): string {
    const last = text.charCodeAt(text.length - 1);
    let shown = text.length;
    if (last >= 0xd800 && last < 0xdc00) shown--;
    else if (last === 32 && this.#trims) shown = endWithoutSpaces(text);
    if (shown === text.length) {
      this.#held = "";
      return text;
    }
    this.#held = text.slice(shown);
    return text.slice(0, shown);
  }
}

function endWithoutSpaces(text: string): number {
  let end = text.length;
  while (text[end - 1] === " ") end--;
  return end;
}
