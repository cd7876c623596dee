import type { FastPath } from "./dialect.ts";

const FIELD = "data:";
const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const FIRST_PRINTABLE = SPACE;

/** A text that occurs in no stream, to try an envelope with. */
const PROBE = "\u{f8ff}probe\u{f8ff}";

/** Envelopes that never came again, after which to learn seldom: a server whose every event differs teaches nothing. */
const PATIENCE = 8;
const SELDOM = 64;

/**
 * Remembers what the events of a stream have in common: from one token to the next only the text between
 * `"content":"` and `"` changes. An event whose beginning and end are those of one that was parsed in full holds the same
 * but for that text, so it alone is read. Anything else is left to the full parser.
 *
 * This is exact, not a guess. The envelope was tried with a probe in the text's place when it was learnt, so the
 * place is that of a string in JSON, and the one that the answer's text is read from; another valid string
 * there changes nothing else. A text with an escape goes through `JSON.parse`, and one with a control character, which JSON
 * does not allow, is refused.
 */
export class Envelope implements FastPath {
  readonly #readText: (event: unknown) => unknown;
  readonly #onText: (text: string) => void;
  #head = "";
  /** The same where a space stands before the JSON. */
  #spacedHead = "";
  #tail = "";
  #fruitless = 0;
  #skipped = 0;

  /**
   * @param readText - where the text is in an event
   * @param onText - is told the text of each event that was skimmed
   */
  constructor(readText: (event: unknown) => unknown, onText: (text: string) => void) {
    this.#readText = readText;
    this.#onText = onText;
  }

  learn(data: string, text: string): void {
    this.#head = this.#spacedHead = "";
    if (this.#fruitless >= PATIENCE && ++this.#skipped % SELDOM !== 0) return;
    this.#fruitless++;
    const literal = JSON.stringify(text);
    const start = data.lastIndexOf(literal);
    if (start === -1 || data.includes("\n")) return;
    const head = data.slice(0, start + 1);
    const tail = data.slice(start + literal.length - 1);
    if (!this.#holds(head, tail)) return;
    this.#head = FIELD + head;
    this.#spacedHead = `${FIELD} ${head}`;
    this.#tail = `${tail}\n\n`;
  }

  skim(text: string, start: number): number {
    const hasSpace = text.charCodeAt(start + FIELD.length) === SPACE;
    const head = hasSpace ? this.#spacedHead : this.#head;
    const from = start + head.length;
    if (head === "" || text.slice(start, from) !== head) return start;
    const to = endOfString(text, from);
    if (to === -1 || text.slice(to, to + this.#tail.length) !== this.#tail) return start;
    const content = text.slice(from, to);
    const value = content.includes("\\") ? unescapeJson(content) : content;
    if (value === undefined) return start;
    this.#fruitless = 0;
    this.#onText(value);
    return to + this.#tail.length;
  }

  /** Whether the text is read from between these two. */
  #holds(head: string, tail: string): boolean {
    try {
      return this.#readText(JSON.parse(head + PROBE + tail)) === PROBE;
    } catch {
      return false;
    }
  }
}

/** Where the quote is that ends a string which begins at `from`; -1 where it does not end, or is not JSON's. */
function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code < FIRST_PRINTABLE) return -1;
    if (code === BACKSLASH) at++;
  }
  return -1;
}

function unescapeJson(content: string): string | undefined {
  try {
    return JSON.parse(`"${content}"`) as string;
  } catch {
    return undefined;
  }
}
