/**
 * Takes away the spaces that frame an answer in Llama 2's format, `[/INST] answer </s>`: the model was trained
 * to produce them, but they belong to the prompt, not to the message.
 *
 * Those in front are dropped as they come. Those at the end are held back until it is known whether the answer
 * goes on, and dropped only where the model itself ended it. Line breaks are the model's own and stay.
 */
export class AnswerTrimmer {
  #started: boolean;
  #heldSpaces = "";

  /** @param continued - the answer was begun in the prompt, so a space in front belongs to it */
  constructor({ continued }: { continued: boolean }) {
    this.#started = continued;
  }

  /** Takes the next piece, and returns the text that can be shown by now. */
  push(piece: string): string {
    const text = this.#started ? this.#heldSpaces + piece : dropLeadingSpaces(piece);
    this.#started ||= text !== "";
    const end = lengthWithoutTrailingSpaces(text);
    this.#heldSpaces = text.slice(end);
    return text.slice(0, end);
  }

  /** Returns what was held back, which is nothing where the model ended the answer. */
  flush(modelEndedIt: boolean): string {
    return modelEndedIt ? "" : this.#heldSpaces;
  }
}

function dropLeadingSpaces(text: string): string {
  let start = 0;
  while (text[start] === " ") start++;
  return text.slice(start);
}

function lengthWithoutTrailingSpaces(text: string): number {
  let end = text.length;
  while (text[end - 1] === " ") end--;
  return end;
}
