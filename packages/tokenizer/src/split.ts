import { describe } from "./describe.ts";
import { refuse } from "./options.ts";
import { shorten, type TextMeter } from "./shorten.ts";
import { outsidePair } from "./surrogates.ts";
import type { TextPart } from "./tokenizer.ts";

/**
 * Cuts a text into parts, each as long as the limit allows.
 *
 * @param meter - counts
 * @param text - the text
 * @param limit - ids that a part may have, without BOS and EOS
 * @param overlap - ids' worth of a part's end that the next part begins with
 * @throws TokenizerError if a character does not fit
 */
export function splitText(
  meter: TextMeter,
  text: string,
  limit: number,
  overlap: number,
): TextPart[] {
  const parts: TextPart[] = [];
  let start = 0;
  let done = 0;
  // No part can be longer than this; taking slices of it keeps the cost of a part from growing with the text.
  const reach = (limit + 1) * meter.longest;
  while (done < text.length) {
    const ahead = text.slice(start, outsidePair(text, start + reach));
    const part = shorten(meter, ahead, limit, false);
    const end = start + part.length;
    if (end > done) {
      parts.push({ text: part, start, end, tokens: meter.count(part, limit) + meter.extra });
      const repeated = shorten(meter, part, overlap, true);
      // Where the overlap is all there is, nothing new would follow it.
      start = repeated === part ? end : end - repeated.length;
      done = end;
    } else if (start < done) start = done;
    else {
      const character = describe(String.fromCodePoint(text.codePointAt(start) as number));
      const wanted = `a larger limit: the character ${character} at index ${start} takes more than that`;
      refuse("maxTokens", limit + meter.extra, wanted);
    }
  }
  return parts;
}
