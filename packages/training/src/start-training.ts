import { openGguf } from "@llama2-kit/weights";
import { checkOutputs } from "./check-outputs.ts";
import { type StoredExamples, storeExamples } from "./data/example-store.ts";
import type { NewModel, TrainingJob, TrainingResult } from "./job/job.ts";
import { runInChild } from "./job/run-in-child.ts";
import { runJob } from "./job/run-job.ts";
import type { TrainedPart } from "./model/build-trainer.ts";
import { readSizes } from "./model/sizes.ts";
import { readSettings, type TrainingOptions, whole } from "./options.ts";

/**
 * Reads the datasets, makes a job of the options, and has it done.
 *
 * @param peft - a folder that is written afterwards
 */
export async function startTraining(
  options: TrainingOptions,
  model: string | NewModel,
  trained: TrainedPart,
  peft?: string,
): Promise<TrainingResult> {
  const settings = readSettings(options);
  const { signal, onProgress, output, evaluation } = options;
  signal?.throwIfAborted();
  const checkpoint = options.checkpoint ?? `${output}.checkpoint`;
  await checkOutputs({ ...options, checkpoint, peft });
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
      path: checkpoint,
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
