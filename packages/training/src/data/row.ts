import { learnedPositions, type TrainingExample } from "./example.ts";

/** Examples one behind the other, as they are computed at once. None sees another. */
export interface Row {
  /** The ids that something is predicted from: of each example all but its last. */
  readonly ids: Int32Array;
  /** Each token's position in its own example. */
  readonly positions: Int32Array;
  /** Which example each token belongs to; -1 for what fills the row up. */
  readonly owners: Int32Array;
  /** Tokens whose next one is learned. */
  readonly learned: Int32Array;
  /** The next ones. */
  readonly labels: Int32Array;
  /** Tokens without those that fill up. */
  readonly tokens: number;
}

/** ggml's products of F32 are vectorised for lengths that are a multiple of this. */
export const ROW_STEP = 16;

/** Puts examples into a row; it is filled up to a whole number of steps. */
export function makeRow(examples: readonly TrainingExample[]): Row {
  const tokens = examples.reduce((sum, { ids }) => sum + ids.length - 1, 0);
  const length = Math.ceil(tokens / ROW_STEP) * ROW_STEP;
  const ids = new Int32Array(length);
  const positions = new Int32Array(length);
  const owners = new Int32Array(length).fill(-1);
  const learned: number[] = [];
  const labels: number[] = [];
  let start = 0;
  for (const [owner, example] of examples.entries()) {
    const count = example.ids.length - 1;
    for (let at = 0; at < count; at++) {
      ids[start + at] = example.ids[at] as number;
      positions[start + at] = at;
      owners[start + at] = owner;
    }
    for (const at of learnedPositions(example)) {
      learned.push(start + at - 1);
      labels.push(example.ids[at] as number);
    }
    start += count;
  }
  return {
    ids,
    positions,
    owners,
    learned: Int32Array.from(learned),
    labels: Int32Array.from(labels),
    tokens,
  };
}

/**
 * Parts of a row in which examples are attended together: the more there are, the less is computed in vain, and the
 * more operations there are.
 */
const SPAN_TOKENS = 128;

/** Cuts a row between examples, into parts of at least 128 tokens if it has as many: `[start, end)`. */
export function splitRow({ owners }: Pick<Row, "owners">): [start: number, end: number][] {
  const spans: [number, number][] = [];
  let start = 0;
  for (let at = 1; at < owners.length; at++) {
    // What fills the row up stays with the last example.
    const isNext = owners[at] !== owners[at - 1] && owners[at] !== -1;
    if (!isNext || at - start < SPAN_TOKENS) continue;
    spans.push([start, at]);
    start = at;
  }
  return [...spans, [start, owners.length]];
}

/** What each token sees, `[from * length + to]`: 0 for itself and those before it in its example, otherwise -∞. */
export function attentionMask({ owners }: Row): Float32Array {
  const length = owners.length;
  const mask = new Float32Array(length * length).fill(Number.NEGATIVE_INFINITY);
  for (let from = 0; from < length; from++) {
    for (let to = from; to >= 0 && owners[to] === owners[from]; to--) mask[from * length + to] = 0;
  }
  return mask;
}
