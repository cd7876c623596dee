import { MAX_COUNT } from "./limits.ts";
import { outsidePair } from "./surrogates.ts";

/** What cutting a text needs of a tokenizer, with the options for encoding already in it, but for BOS and EOS. */
export interface TextMeter {
  /** BOS and EOS, if they are asked for. */
  readonly extra: number;
  /** The most units of a text that one id stands for. */
  readonly longest: number;
  /** The ids of a text; -1 if they are more than the limit. */
  count(text: string, limit: number): number;
  /** Where the ids of a text begin, and where the last one ends. May stop behind the limit. */
  offsets(text: string, limit: number): Int32Array;
}

/**
 * Shortens a text until it has at most so many ids.
 *
 * A text that is cut between two of its tokens encodes to the tokens before the cut: no merge crossed it, so none was
 * different without what came after. Only where the cut would be inside a character's bytes is less left.
 *
 * The text behind a cut gets a space in front when it is encoded, so where it begins with one that is left out, and what
 * is inside a word may take one id more.
 *
 * @param meter - counts
 * @param text - the text
 * @param limit - ids that there may be, without BOS and EOS
 * @param fromStart - whether its start is cut off, and not its end
 * @returns what is left
 */
export function shorten(meter: TextMeter, text: string, limit: number, fromStart: boolean): string {
  if (limit === 0) return "";
  const fits = (part: string): boolean => meter.count(part, limit) !== -1;
  if (fits(text)) return text;
  const keep = (whole: string, at: number): string =>
    fromStart ? whole.slice(at) : whole.slice(0, at);
  // No more than this can fit, so the rest of a long text is not read.
  const reach = (limit + 1) * meter.longest;
  const part = keep(text, outsidePair(text, fromStart ? Math.max(0, text.length - reach) : reach));
  const offsets = meter.offsets(part, fromStart ? MAX_COUNT : limit);
  for (let left = Math.min(limit, offsets.length - 1); left > 0; left--) {
    const at = offsets.at(fromStart ? -1 - left : left) as number;
    const later = fromStart && part.charAt(at) === " " ? at + 1 : at;
    for (const cut of new Set([later, at])) {
      const kept = keep(part, cut);
      if (fits(kept)) return kept;
    }
  }
  return "";
}
