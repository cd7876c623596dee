import { type DatasetReader, readDataset } from "../dataset/read-dataset.ts";
import { badOption, TrainingError } from "../error.ts";
import type { TrainingProgress, TrainingResult } from "../job/job.ts";
import type { TrainingOptions } from "../options.ts";
import { openTokenizer } from "./open-tokenizer.ts";
import type { RunContext } from "./run-context.ts";
import type { TrainingValues } from "./training-options.ts";

/** Part of the rows to measure on where only how often is said. */
const DEFAULT_SHARE = 0.05;

const DEFAULT_EVERY = 50;

/**
 * Has a training done as the command line says, and tells of it: what was read, each step, and the end, whichever
 * that is.
 *
 * @param train - does it, with these options
 */
export async function trainAndTell(
  context: RunContext,
  values: TrainingValues,
  tokenizerFrom: string,
  train: (options: TrainingOptions) => Promise<TrainingResult>,
): Promise<void> {
  const { signal } = context;
  const { evaluationEvery, force, json, ...named } = values;
  const share = values.evaluationShare ?? (evaluationEvery === undefined ? 0 : DEFAULT_SHARE);
  if (share === 1)
    throw badOption("evaluationShare", share, "less than 1: nothing is left to learn");
  const tokenizer = await openTokenizer(tokenizerFrom);
  const data = readDataset(values.dataset, {
    ...values,
    tokenizer,
    evaluationShare: share,
    signal,
  });
  const teller = context.tellTraining(json ?? false);
  let last: TrainingProgress | undefined;
  try {
    const result = await train({
      ...named,
      dataset: toldAtItsEnd(data, share, (report) => teller.dataset(report)),
      ...(share > 0 && {
        evaluation: { dataset: data.evaluation, every: evaluationEvery ?? DEFAULT_EVERY },
      }),
      overwrite: force,
      signal,
      onProgress: (progress) => {
        last = progress;
        teller.step(progress);
      },
    });
    teller.end(result);
  } catch (error) {
    if (signal.aborted) teller.stop(last, values.checkpoint ?? `${values.output}.checkpoint`);
    else teller.leave();
    throw error;
  }
}

/** The examples to learn, and then word of what became of all rows: before the training, which may take days. */
async function* toldAtItsEnd(
  data: DatasetReader,
  share: number,
  tell: (report: DatasetReader["report"]) => void,
): AsyncGenerator<{ ids: Int32Array; spans: readonly (readonly [number, number])[] }> {
  yield* data.training;
  const { report } = data;
  tell(report);
  if (share === 0 || report.examples === 0 || report.evaluationExamples > 0) return;
  const advice = "Choose a larger --evaluation-share, or leave it out";
  throw new TrainingError(
    "BAD_DATASET",
    `None of ${report.rows} rows was drawn to measure on. ${advice}.`,
  );
}
