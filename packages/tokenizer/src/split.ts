import { TokenizerError } from "./error.ts";
import { isInsidePair, type TextMeter } from "./text-meter.ts";
import type { TextPart } from "./tokenizer.ts";
import { truncateEnd, truncateStart } from "./truncate.ts";

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
    let to = Math.min(text.length, start + reach);
    if (isInsidePair(text, to)) to++;
    const end = start + truncateEnd(meter, text.slice(start, to), limit);
    if (end > done) {
      const part = text.slice(start, end);
      parts.push({ text: part, start, end, tokens: meter.countUpTo(part, limit) + meter.extra });
      start = end - (part.length - truncateStart(meter, part, overlap));
      // Where the overlap is all there is, nothing new would follow it.
      if (start <= (parts.at(-1)?.start ?? 0)) start = end;
      done = end;
    } else if (start < done) start = done;
    else throw tooSmall(text, start, limit + meter.extra);
  }
  return parts;
}

function tooSmall(text: string, at: number, limit: number): TokenizerError {
  const character = JSON.stringify(String.fromCodePoint(text.codePointAt(at) as number));
  return new TokenizerError(
    "INVALID_ARGUMENT",
    `maxTokens is ${limit}: the character ${character} at index ${at} takes more than that. Pass a larger limit.`,
  );
}
