/**
 * The spaces that frame an answer in Llama 2's format, `[/INST] answer </s>`. The model was trained to produce them,
 * but they belong to the prompt, not to the message. Line breaks are the model's own and stay.
 */

/** Drops the spaces in front of an answer. */
export class LeadingSpaces {
  #ended = false;

  /** Takes the next piece, and returns what of it can be shown. */
  push(piece: string): string {
    if (this.#ended) return piece;
    let start = 0;
    while (piece[start] === " ") start++;
    this.#ended = start < piece.length;
    return piece.slice(start);
  }
}

/** Holds spaces back until it is known whether the answer goes on, and drops them where the model itself ended it. */
export class TrailingSpaces {
  #held = "";

  /** Takes the next piece, and returns the text that can be shown by now. */
  push(piece: string): string {
    const text = this.#held + piece;
    let end = text.length;
    while (text[end - 1] === " ") end--;
    this.#held = text.slice(end);
    return text.slice(0, end);
  }

  /** Returns what was held back, which is nothing where the model ended the answer. */
  flush(modelEndedIt: boolean): string {
    const held = modelEndedIt ? "" : this.#held;
    this.#held = "";
    return held;
  }
}
