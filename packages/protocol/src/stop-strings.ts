/**
 * Watches a stream of text for stop strings, wherever the pieces are cut, and keeps them out of it.
 *
 * Text that may be the beginning of a stop string is held back until the next piece shows whether it is. The
 * stop string that is complete first wins, and of those that end together the longest, so that the outcome
 * does not depend on where the pieces are cut.
 *
 * @example
 * ```ts
 * const filter = new StopStringFilter(["END"]);
 * filter.push("the E"); // "the "
 * filter.push("N"); // ""
 * filter.push("D."); // "", and filter.found is now "END"
 * ```
 */
export class StopStringFilter {
  /** The stop string that came up, once one has. Nothing is let through after it. */
  found: string | undefined;
  readonly #stopStrings: readonly string[];
  #held = "";

  constructor(stopStrings: readonly string[]) {
    this.#stopStrings = stopStrings;
  }

  /** Takes the next piece, and returns the text that can be shown by now. */
  push(piece: string): string {
    if (this.found !== undefined) return "";
    const text = this.#held + piece;
    const match = findFirst(text, this.#stopStrings);
    this.found = match?.stopString;
    const shown = match?.start ?? text.length - this.#lengthToHold(text);
    this.#held = match ? "" : text.slice(shown);
    return text.slice(0, shown);
  }

  /** Returns what was held back: the text has ended, so it is no stop string. */
  flush(): string {
    const held = this.#held;
    this.#held = "";
    return held;
  }

  /** The length of the longest end of the text that a stop string begins with. */
  #lengthToHold(text: string): number {
    let longest = 0;
    for (const stopString of this.#stopStrings) {
      let length = Math.min(stopString.length - 1, text.length);
      while (length > longest && !text.endsWith(stopString.slice(0, length))) length--;
      longest = Math.max(longest, length);
    }
    return longest;
  }
}

interface Match {
  readonly stopString: string;
  readonly start: number;
  readonly end: number;
}

/** The match that ends first; of those that end together, the one that starts first. */
function findFirst(text: string, stopStrings: readonly string[]): Match | undefined {
  let first: Match | undefined;
  for (const stopString of stopStrings) {
    const start = text.indexOf(stopString);
    if (start === -1) continue;
    const end = start + stopString.length;
    if (!first || end < first.end || (end === first.end && start < first.start)) {
      first = { stopString, start, end };
    }
  }
  return first;
}
