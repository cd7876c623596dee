import { access } from "node:fs/promises";
import { openGguf, WeightsError } from "@llama2-kit/weights";
import { type StoredExamples, storeExamples } from "./data/example-store.ts";
import type { NewModel, TrainingJob, TrainingResult } from "./job/job.ts";
import { runInChild } from "./job/run-in-child.ts";
import { runJob } from "./job/run-job.ts";
import type { TrainedPart } from "./model/build-trainer.ts";
import { readSizes } from "./model/sizes.ts";
import { readSettings, type TrainingOptions, whole } from "./options.ts";

/** Reads the datasets, makes a job of the options, and has it done. */
export async function startTraining(
  options: TrainingOptions,
  model: string | NewModel,
  trained: TrainedPart,
): Promise<TrainingResult> {
  const settings = readSettings(options);
  const { signal, onProgress, output, evaluation } = options;
  signal?.throwIfAborted();
  if (!options.overwrite) await refuseExisting(output);
  const vocabulary = await vocabularyOf(model);
  // One id more than tokens, as the last is only predicted.
  const limits = { most: settings.sequenceLength + 1, vocabulary, signal };
  const { store, cut, dropped } = await storeExamples(options.dataset, limits);
  let held: StoredExamples | undefined;
  if (evaluation) held = await storeExamples(evaluation.dataset, limits);
  const job: TrainingJob = {
    model,
    trained,
    examples: store,
    evaluation:
      evaluation && held
        ? { examples: held.store, every: whole("evaluation.every", evaluation.every, 1) }
        : undefined,
    output,
    overwrite: options.overwrite ?? false,
    engine: {
      device: options.device,
      threads: options.threads,
      libDir: options.libDir,
      blas: options.blas,
    },
    settings,
    checkpoint: {
      path: options.checkpoint ?? `${output}.checkpoint`,
      every: whole("checkpointEvery", options.checkpointEvery ?? 0, 0),
      resume: options.resume ?? false,
    },
  };
  const run = options.inProcess ? runJob : runInChild;
  return { ...(await run(job, { signal, onProgress })), cut, dropped };
}

async function vocabularyOf(model: string | NewModel): Promise<number> {
  if (typeof model !== "string") return model.config.vocab_size;
  const weights = await openGguf(model);
  try {
    return readSizes(weights).vocabulary;
  } finally {
    await weights.close();
  }
}

/** The same error as at the end, hours earlier. */
async function refuseExisting(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  const advice = "Choose another name, or ask to overwrite it";
  throw new WeightsError("OUTPUT_EXISTS", `${path} exists already. ${advice}.`, { path });
}
