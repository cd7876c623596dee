/** Something to learn from: a text as ids, and which of them are learned. */
export interface TrainingExample {
  /** Ids of the whole text, BOS and EOS included where they belong. */
  readonly ids: Int32Array | readonly number[];
  /** The ids that carry loss, as `[start, end)`: of a conversation, what the assistant says. All where it is left out. */
  readonly spans?: readonly (readonly [start: number, end: number])[] | undefined;
}

/**
 * Positions of the ids that carry loss, in order and each once. The first id is never among them: nothing is
 * before it that it could be predicted from.
 */
export function learnedPositions({ ids, spans }: TrainingExample): number[] {
  if (spans === undefined) return Array.from({ length: ids.length - 1 }, (_, i) => i + 1);
  const learned = new Set<number>();
  for (const [start, end] of spans) {
    for (let at = Math.max(1, start); at < Math.min(end, ids.length); at++) learned.add(at);
  }
  return [...learned].sort((a, b) => a - b);
}
