/** What cutting a text needs of a tokenizer, with the options for encoding already in it. */
export interface TextMeter {
  /** BOS and EOS, if they are asked for. */
  readonly extra: number;
  /** The most units of a text that one id stands for. */
  readonly longest: number;
  /** The ids of a text without BOS and EOS; -1 if they are more than the limit. */
  countUpTo(text: string, limit: number): number;
  /** Where the ids of a text begin, without BOS and EOS, and where the last one ends. Stops some way behind the limit. */
  offsets(text: string, limit: number): Int32Array;
}

/** Whether an index is between the halves of a surrogate pair. */
export function isInsidePair(text: string, index: number): boolean {
  return (
    index > 0 &&
    (text.charCodeAt(index - 1) & 0xfc00) === 0xd800 &&
    (text.charCodeAt(index) & 0xfc00) === 0xdc00
  );
}
