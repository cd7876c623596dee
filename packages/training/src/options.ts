import type { Dataset } from "./data/example-store.ts";
import { badOption } from "./error.ts";
import type { EngineOptions } from "./ggml/engine.ts";
import type { TrainingProgress, TrainingSettings } from "./job/job.ts";
import type { ScheduleName } from "./optimizer/schedule.ts";

/** What every training takes. Names and defaults are those of trl and transformers where they have them. */
export interface TrainingOptions extends EngineOptions {
  /** What to learn: examples as ids. */
  readonly dataset: Dataset;
  /** The GGUF file to write. */
  readonly output: string;
  /** Whether an output that exists already is replaced. Default false. */
  readonly overwrite?: boolean | undefined;
  /** The highest learning rate. Default 1.41e-5, as trl's script has it. */
  readonly learningRate?: number | undefined;
  /** How the learning rate changes. Default `"linear"`. */
  readonly schedule?: ScheduleName | undefined;
  /** Steps until the learning rate is at its highest, or below 1 their part of all steps. Default 0. */
  readonly warmup?: number | undefined;
  /** AdamW's weight decay; norms are left out. Default 0. */
  readonly weightDecay?: number | undefined;
  /** AdamW's `[beta1, beta2]`. Default `[0.9, 0.999]`. */
  readonly betas?: readonly [number, number] | undefined;
  /** AdamW's epsilon. Default 1e-8. */
  readonly epsilon?: number | undefined;
  /** Gradients longer than this all together are shortened to it; 0 leaves them. Default 1. */
  readonly maxGradNorm?: number | undefined;
  /** Examples in a batch; with `packing`, rows. Default 4. */
  readonly batchSize?: number | undefined;
  /** Batches in a step. Default 2. */
  readonly gradientAccumulation?: number | undefined;
  /** Tokens of a row at most; longer examples are cut. Default 512. */
  readonly sequenceLength?: number | undefined;
  /**
   * Whether a step counts rows that are filled with as many examples as fit, instead of examples. Examples never
   * see each other, and short ones are computed together either way. Default false.
   */
  readonly packing?: boolean | undefined;
  /** How often the dataset is gone through. Default 3. */
  readonly epochs?: number | undefined;
  /** Steps after which to end, whatever `epochs` says. */
  readonly maxSteps?: number | undefined;
  /** What all that is random follows from. Default 42. */
  readonly seed?: number | undefined;
  /** Whether to compute layers twice instead of keeping them in memory. Default: where memory asks for it. */
  readonly gradientCheckpointing?: boolean | undefined;
  /** What to measure the loss on from time to time, every so many steps and at the end. */
  readonly evaluation?: { readonly dataset: Dataset; readonly every: number } | undefined;
  /** Steps between two checkpoints. Default 0: only where `signal` ends the training. */
  readonly checkpointEvery?: number | undefined;
  /** The checkpoint's file. Default: the output's name with `.checkpoint` behind it. */
  readonly checkpoint?: string | undefined;
  /** Whether to go on from the checkpoint, to the bit as if nothing had happened. Default false. */
  readonly resume?: boolean | undefined;
  /** Ends the training; its checkpoint is written first. */
  readonly signal?: AbortSignal | undefined;
  /** Told after every step. */
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Whether to compute in this process, which stands still meanwhile and ends if ggml gives up. Default false. */
  readonly inProcess?: boolean | undefined;
}

/** Checks options, and fills in defaults. @throws TrainingError `BAD_OPTION` */
export function readSettings(options: TrainingOptions): TrainingSettings {
  const [beta1, beta2] = options.betas ?? [0.9, 0.999];
  return {
    learningRate: number("learningRate", options.learningRate ?? 1.41e-5, { above: 0 }),
    schedule: scheduleOf(options.schedule),
    warmup: number("warmup", options.warmup ?? 0, { from: 0 }),
    weightDecay: number("weightDecay", options.weightDecay ?? 0, { from: 0 }),
    beta1: number("betas", beta1, { from: 0, below: 1 }),
    beta2: number("betas", beta2, { from: 0, below: 1 }),
    epsilon: number("epsilon", options.epsilon ?? 1e-8, { above: 0 }),
    maxGradNorm: number("maxGradNorm", options.maxGradNorm ?? 1, { from: 0 }),
    batchSize: whole("batchSize", options.batchSize ?? 4, 1),
    gradientAccumulation: whole("gradientAccumulation", options.gradientAccumulation ?? 2, 1),
    sequenceLength: whole("sequenceLength", options.sequenceLength ?? 512, 2),
    packing: options.packing ?? false,
    epochs: number("epochs", options.epochs ?? 3, { above: 0 }),
    maxSteps: options.maxSteps === undefined ? undefined : whole("maxSteps", options.maxSteps, 1),
    seed: whole("seed", options.seed ?? 42, 0),
    gradientCheckpointing: options.gradientCheckpointing,
  };
}

const SCHEDULES: readonly ScheduleName[] = ["linear", "cosine", "constant", "constant_with_warmup"];

function scheduleOf(schedule: ScheduleName = "linear"): ScheduleName {
  if (SCHEDULES.includes(schedule)) return schedule;
  throw badOption("schedule", schedule, `one of ${SCHEDULES.join(", ")}`);
}

/** @throws TrainingError `BAD_OPTION` */
export function whole(parameter: string, value: number, from: number): number {
  if (Number.isSafeInteger(value) && value >= from) return value;
  throw badOption(parameter, value, `a whole number from ${from}`);
}

interface Bounds {
  readonly from?: number;
  readonly above?: number;
  readonly below?: number;
}

/** @throws TrainingError `BAD_OPTION` */
export function number(parameter: string, value: number, bounds: Bounds): number {
  const { from = Number.NEGATIVE_INFINITY, above = Number.NEGATIVE_INFINITY } = bounds;
  const { below = Number.POSITIVE_INFINITY } = bounds;
  if (value >= from && value > above && value < below) return value;
  const allowed = Object.entries(bounds).map(([word, bound]) => `${word} ${bound}`);
  throw badOption(parameter, value, `a number ${allowed.join(" and ")}`);
}
