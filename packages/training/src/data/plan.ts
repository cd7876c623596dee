import { seededRandom, seedFor } from "../model/random.ts";
import { countExamples, type ExampleStore, tokensOf } from "./example-store.ts";
import { packExamples } from "./pack.ts";
import { ROW_STEP } from "./row.ts";

/** How a dataset is divided into steps. */
export interface PlanOptions {
  /** Examples of a step; with packing, whole rows. */
  readonly perStep: number;
  /** Tokens of a row at most. */
  readonly sequenceLength: number;
  /** Whether rows are filled with as many examples as fit, and are what a step counts. */
  readonly packing: boolean;
  readonly seed: number;
}

/** A dataset's steps. The same store, options and epoch have the same steps in every process. */
export interface Plan {
  readonly stepsPerEpoch: number;
  /** Tokens of the longest row. */
  readonly mostTokens: number;
  /** The rows of an epoch's step, each as indexes of examples. */
  rowsOf(epoch: number, step: number): readonly (readonly number[])[];
}

/** Rows of this length compute as fast as any; shorter examples share one even where steps count examples. */
const GOOD_LENGTH = 256;

/** Plans the steps of a dataset. */
export function planSteps(store: ExampleStore, options: PlanOptions): Plan {
  const { perStep, sequenceLength, packing, seed } = options;
  const lengths = Array.from({ length: countExamples(store) }, (_, index) =>
    tokensOf(store, index),
  );
  const longest = lengths.reduce((a, b) => Math.max(a, b), 1);
  const capacity = packing
    ? sequenceLength
    : Math.min(sequenceLength, Math.max(longest, GOOD_LENGTH));
  const units = packing ? packExamples(lengths, capacity) : lengths.map((_, index) => [index]);
  let known: { epoch: number; order: number[] } | undefined;
  const orderOf = (epoch: number) => {
    if (known?.epoch !== epoch) known = { epoch, order: shuffled(units.length, seed, epoch) };
    return known.order;
  };
  return {
    stepsPerEpoch: Math.ceil(units.length / perStep),
    mostTokens: Math.ceil(capacity / ROW_STEP) * ROW_STEP,
    rowsOf(epoch, step) {
      const chosen = orderOf(epoch).slice(step * perStep, (step + 1) * perStep);
      const taken = chosen.map((unit) => units[unit] as number[]);
      if (packing) return taken;
      const examples = taken.flat();
      const rows = packExamples(
        examples.map((index) => lengths[index] as number),
        capacity,
      );
      return rows.map((row) => row.map((at) => examples[at] as number));
    },
  };
}

/** Fisher and Yates, seeded. */
function shuffled(count: number, seed: number, epoch: number): number[] {
  const random = seededRandom(seedFor(seed, `epoch ${epoch}`));
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random.next() * (last + 1));
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}
