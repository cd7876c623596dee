import { setImmediate } from "node:timers/promises";
import { WeightsError } from "@llama2-kit/weights";
import { countExamples, type ExampleStore, exampleAt } from "../data/example-store.ts";
import { type Plan, planSteps } from "../data/plan.ts";
import { makeRow, type Row } from "../data/row.ts";
import { TrainingError } from "../error.ts";
import { openEngine } from "../ggml/engine.ts";
import { buildTrainer } from "../model/build-trainer.ts";
import { selfCheck } from "../model/self-check.ts";
import type { Trainer } from "../model/trainer.ts";
import { learningRateFactor } from "../optimizer/schedule.ts";
import { loadCheckpoint, type ResumableTraining, saveCheckpoint } from "./checkpoint.ts";
import type { TrainingJob, TrainingProgress } from "./job.ts";
import type { JobResult } from "./messages.ts";
import { openBase } from "./open-base.ts";
import { Pace } from "./pace.ts";
import { saveResult } from "./save.ts";

/** Who watches over a job. */
export interface JobControl {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
}

/**
 * Does a training in this process, which stands still for each row of tokens.
 *
 * @throws TrainingError any but `ENGINE_CRASHED`: where ggml gives up, it ends the process
 * @throws the signal's reason, once the checkpoint is written
 */
export async function runJob(job: TrainingJob, control: JobControl): Promise<JobResult> {
  control.signal?.throwIfAborted();
  const engine = await openEngine(job.engine);
  try {
    await selfCheck(engine);
    const base = await openBase(job);
    try {
      const plan = planSteps(job.examples, {
        ...job.settings,
        perStep: job.settings.batchSize * job.settings.gradientAccumulation,
      });
      const { trainer, memory } = await buildTrainer(engine, base, {
        trained: job.trained,
        mostTokens: mostTokens(job, plan),
        seed: job.settings.seed,
        gradientCheckpointing: job.settings.gradientCheckpointing,
        signal: control.signal,
      });
      try {
        const run = new Run(job, plan, trainer, engine.arithmetic, control);
        const end = await run.toTheEnd();
        await saveResult(job, base, trainer.parameters).catch(async (error) => {
          throw await run.keepFor(error);
        });
        return { output: job.output, ...end, memoryBytes: memory.total };
      } finally {
        trainer.dispose();
      }
    } finally {
      await base.close();
    }
  } finally {
    engine.close();
  }
}

/** Evaluation packs its examples into rows of the same length. */
function mostTokens({ evaluation, settings }: TrainingJob, plan: Plan): number {
  if (!evaluation) return plan.mostTokens;
  return Math.max(
    plan.mostTokens,
    evaluationPlan(evaluation.examples, settings.sequenceLength).mostTokens,
  );
}

function evaluationPlan(examples: ExampleStore, sequenceLength: number): Plan {
  return planSteps(examples, {
    perStep: countExamples(examples),
    sequenceLength,
    packing: false,
    seed: 0,
  });
}

/** A training under way. */
class Run {
  readonly #job: TrainingJob;
  readonly #plan: Plan;
  readonly #trainer: Trainer;
  readonly #arithmetic: string;
  readonly #control: JobControl;
  readonly #steps: number;
  readonly #pace = new Pace();
  #evalLoss: number | undefined;

  constructor(
    job: TrainingJob,
    plan: Plan,
    trainer: Trainer,
    arithmetic: string,
    control: JobControl,
  ) {
    this.#job = job;
    this.#plan = plan;
    this.#trainer = trainer;
    this.#arithmetic = arithmetic;
    this.#control = control;
    const { epochs, maxSteps } = job.settings;
    this.#steps = Math.max(1, Math.ceil(epochs * plan.stepsPerEpoch));
    if (maxSteps !== undefined) this.#steps = maxSteps;
  }

  async toTheEnd(): Promise<{
    steps: number;
    loss: number;
    evalLoss: number | undefined;
    tokensPerSecond: number;
  }> {
    const { checkpoint } = this.#job;
    let step = checkpoint.resume ? await loadCheckpoint(this.#resumable) : 0;
    let loss = Number.NaN;
    this.#pace.skip();
    try {
      while (step < this.#steps) {
        loss = await this.#step(step);
        step += 1;
        if (checkpoint.every > 0 && step % checkpoint.every === 0) await this.#save(step);
      }
    } catch (error) {
      // A step that was not finished has changed nothing.
      if (this.#control.signal?.aborted) await this.#save(step);
      throw error;
    }
    const tokensPerSecond = this.#pace.tokensPerSecond;
    return { steps: step, loss, evalLoss: this.#evalLoss, tokensPerSecond };
  }

  /** Writes a checkpoint of what is learned where it could not be written as the result. Returns the error, which tells. */
  async keepFor(error: unknown): Promise<unknown> {
    const { path } = this.#job.checkpoint;
    const isKept = await this.#save(this.#steps).then(
      () => true,
      () => false,
    );
    if (!isKept || !WeightsError.isInstance(error)) return error;
    const advice = `What was learned is in ${path}: with resume it is written without another step.`;
    return new WeightsError(error.code, `${error.message} ${advice}`, {
      path: error.path,
      cause: error,
    });
  }

  async #step(done: number): Promise<number> {
    const { settings } = this.#job;
    const { stepsPerEpoch } = this.#plan;
    const epoch = Math.floor(done / stepsPerEpoch);
    const rows = this.#plan
      .rowsOf(epoch, done % stepsPerEpoch)
      .map((row) => rowOf(this.#job.examples, row));
    const learned = rows.reduce((sum, row) => sum + row.learned.length, 0);
    let loss = 0;
    for (const row of rows) {
      await this.#breathe();
      loss += this.#trainer.accumulate(row, 1 / learned) / learned;
    }
    const learningRate = settings.learningRate * this.#factor(done);
    const gradNorm = this.#trainer.step(done + 1, { ...settings, learningRate });
    if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) throw diverged(done + 1, loss);
    this.#pace.step(rows.reduce((sum, row) => sum + row.tokens, 0));
    await this.#tell({ step: done + 1, loss, gradNorm, learningRate });
    return loss;
  }

  #factor(done: number): number {
    const { schedule, warmup } = this.#job.settings;
    const total = this.#steps;
    const warmupSteps = warmup < 1 ? Math.ceil(warmup * total) : warmup;
    return learningRateFactor(schedule, done, { warmup: warmupSteps, total });
  }

  async #tell(
    told: Pick<TrainingProgress, "step" | "loss" | "gradNorm" | "learningRate">,
  ): Promise<void> {
    const { evaluation } = this.#job;
    const isDue = told.step % (evaluation?.every ?? 1) === 0 || told.step === this.#steps;
    const evalLoss = evaluation && isDue ? await this.#evaluate(evaluation.examples) : undefined;
    this.#control.onProgress?.({
      ...told,
      steps: this.#steps,
      epoch: told.step / this.#plan.stepsPerEpoch,
      ...(evalLoss === undefined ? {} : { evalLoss }),
      tokensPerSecond: this.#pace.tokensPerSecond,
      eta: (this.#steps - told.step) * this.#pace.secondsPerStep,
    });
  }

  async #evaluate(examples: ExampleStore): Promise<number> {
    let [loss, learned] = [0, 0];
    for (const indexes of evaluationPlan(examples, this.#job.settings.sequenceLength).rowsOf(
      0,
      0,
    )) {
      await this.#breathe();
      const row = rowOf(examples, indexes);
      loss += this.#trainer.evaluate(row);
      learned += row.learned.length;
    }
    this.#evalLoss = loss / learned;
    this.#pace.skip();
    return this.#evalLoss;
  }

  /** Lets signals and messages in. */
  async #breathe(): Promise<void> {
    await setImmediate();
    this.#control.signal?.throwIfAborted();
  }

  async #save(step: number): Promise<void> {
    await saveCheckpoint(this.#resumable, step);
    this.#pace.skip();
  }

  get #resumable(): ResumableTraining {
    const { parameters } = this.#trainer;
    return { job: this.#job, parameters, arithmetic: this.#arithmetic };
  }
}

function rowOf(examples: ExampleStore, indexes: readonly number[]): Row {
  return makeRow(indexes.map((index) => exampleAt(examples, index)));
}

function diverged(step: number, loss: number): TrainingError {
  return new TrainingError(
    "DIVERGED",
    `At step ${step} the loss is ${loss} and the gradients are no numbers. Use a lower learningRate or a longer warmup.`,
  );
}
