import { TrainingError } from "../error.ts";
import { learnedPositions, type TrainingExample } from "./example.ts";

/** Many examples in few arrays: they are sent to another process, and millions of small objects would take long. */
export interface ExampleStore {
  /** The ids of all, one behind the other. */
  readonly ids: Int32Array;
  /** Where each begins in `ids`, and behind the last where it ends. */
  readonly starts: Int32Array;
  /** 1 for each id that is learned. */
  readonly learned: Uint8Array;
}

/** What was made of a dataset. */
export interface StoredExamples {
  readonly store: ExampleStore;
  /** Examples that were longer than `most` ids, and were cut there. */
  readonly cut: number;
  /** Examples that had nothing left to learn, and were left out. */
  readonly dropped: number;
}

/** Examples, as they come. */
export type Dataset = Iterable<TrainingExample> | AsyncIterable<TrainingExample>;

/**
 * Reads a dataset, and checks it.
 *
 * @param limits - `most`: ids of an example at most; `vocabulary`: ids there are
 * @throws TrainingError `BAD_DATASET`
 */
export async function storeExamples(
  dataset: Dataset,
  limits: {
    readonly most: number;
    readonly vocabulary: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<StoredExamples> {
  const ids = new GrowingInts();
  const learned = new GrowingInts();
  const starts = new GrowingInts();
  let [number, cut, dropped] = [0, 0, 0];
  for await (const example of dataset) {
    if (number % 1000 === 0) limits.signal?.throwIfAborted();
    number += 1;
    checkExample(example, number, limits.vocabulary);
    const length = Math.min(example.ids.length, limits.most);
    const positions = learnedPositions(example).filter((at) => at < length);
    if (example.ids.length > length) cut += 1;
    if (positions.length === 0) {
      dropped += 1;
      continue;
    }
    starts.push(ids.length);
    const flags = new Uint8Array(length);
    for (const at of positions) flags[at] = 1;
    for (let at = 0; at < length; at++) {
      ids.push(example.ids[at] as number);
      learned.push(flags[at] as number);
    }
  }
  if (starts.length === 0) {
    const why =
      number === 0 ? "is empty" : `has ${number} examples, and none with anything to learn`;
    throw new TrainingError("BAD_DATASET", `The dataset ${why}.`, { parameter: "dataset" });
  }
  starts.push(ids.length);
  const store = {
    ids: ids.take(),
    starts: starts.take(),
    learned: Uint8Array.from(learned.take()),
  };
  return { store, cut, dropped };
}

/** How many examples there are. */
export function countExamples({ starts }: ExampleStore): number {
  return starts.length - 1;
}

/** Tokens that an example takes in a row: its ids without the last. */
export function tokensOf({ starts }: ExampleStore, index: number): number {
  return (starts[index + 1] as number) - (starts[index] as number) - 1;
}

/** An example of a store. */
export function exampleAt({ ids, starts, learned }: ExampleStore, index: number): TrainingExample {
  const [start, end] = [starts[index] as number, starts[index + 1] as number];
  const spans: [number, number][] = [];
  for (let at = start; at < end; at++) {
    const last = spans.at(-1);
    if (learned[at] === 0) continue;
    if (last?.[1] === at - start) last[1] += 1;
    else spans.push([at - start, at - start + 1]);
  }
  return { ids: ids.subarray(start, end), spans };
}

function checkExample({ ids }: TrainingExample, number: number, vocabulary: number): void {
  for (const id of ids) {
    if (Number.isInteger(id) && id >= 0 && id < vocabulary) continue;
    throw new TrainingError(
      "BAD_DATASET",
      `Example ${number} has the id ${id}, and the model's vocabulary has ids from 0 to ${vocabulary - 1}.`,
      { parameter: "dataset" },
    );
  }
}

class GrowingInts {
  #values = new Int32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Int32Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  take(): Int32Array {
    return this.#values.slice(0, this.length);
  }
}
