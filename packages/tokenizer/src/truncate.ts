import { isInsidePair, type TextMeter } from "./text-meter.ts";

/**
 * Finds how much of a text's beginning has at most so many ids.
 *
 * A text that is cut between two of its tokens encodes to the tokens before the cut: no merge crossed it, so none was
 * different without what came after. Only where the cut would be inside a character's bytes is less left.
 *
 * @param meter - counts
 * @param text - the text
 * @param limit - ids that there may be, without BOS and EOS
 * @returns the end of the beginning
 */
export function truncateEnd(meter: TextMeter, text: string, limit: number): number {
  if (limit === 0) return 0;
  // No more than this can fit, so the rest of a long text is not read.
  let length = Math.min(text.length, (limit + 1) * meter.longest);
  if (isInsidePair(text, length)) length++;
  const part = text.slice(0, length);
  if (meter.countUpTo(part, limit) !== -1) return length;
  const offsets = meter.offsets(part, limit + 1);
  for (let index = limit; index > 0; index--) {
    const end = offsets[index] as number;
    if (meter.countUpTo(text.slice(0, end), limit) !== -1) return end;
  }
  return 0;
}

/**
 * Finds how much of a text's end has at most so many ids. The end gets a space in front when it is encoded, so
 * where it begins with one that is left out, and what is inside a word may take one id more.
 *
 * @param meter - counts
 * @param text - the text
 * @param limit - ids that there may be, without BOS and EOS
 * @returns the start of the end
 */
export function truncateStart(meter: TextMeter, text: string, limit: number): number {
  if (limit === 0) return text.length;
  if (meter.countUpTo(text, limit) !== -1) return 0;
  let from = Math.max(0, text.length - (limit + 1) * meter.longest);
  if (isInsidePair(text, from)) from--;
  const part = text.slice(from);
  const offsets = meter.offsets(part, Number.POSITIVE_INFINITY);
  const count = offsets.length - 1;
  for (let index = Math.max(0, count - limit); index < count; index++) {
    const start = offsets[index] as number;
    for (const candidate of part.charAt(start) === " " ? [start + 1, start] : [start]) {
      if (meter.countUpTo(part.slice(candidate), limit) !== -1) return from + candidate;
    }
  }
  return text.length;
}
