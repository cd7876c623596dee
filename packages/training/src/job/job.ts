import type { ExampleStore } from "../data/example-store.ts";
import type { EngineOptions } from "../ggml/engine.ts";
import type { TrainedPart } from "../model/build-trainer.ts";
import type { NewModelConfig } from "../model/random-model.ts";
import type { ScheduleName } from "../optimizer/schedule.ts";

/** All of a training, as plain data: it is sent to the process that does it. */
export interface TrainingJob {
  /** The model's file, or what a new one is made from. */
  readonly model: string | NewModel;
  readonly trained: TrainedPart;
  readonly examples: ExampleStore;
  readonly evaluation: { readonly examples: ExampleStore; readonly every: number } | undefined;
  /** Where the result is written. */
  readonly output: string;
  readonly overwrite: boolean;
  readonly engine: EngineOptions;
  readonly settings: TrainingSettings;
  readonly checkpoint: CheckpointSettings;
}

/** A model that is begun anew. */
export interface NewModel {
  readonly config: NewModelConfig;
  /** A GGUF whose tokenizer and name the new model gets. */
  readonly metadataFrom: string;
}

/** How a training goes. */
export interface TrainingSettings {
  readonly learningRate: number;
  readonly schedule: ScheduleName;
  /** Steps, or below 1 the part of all steps. */
  readonly warmup: number;
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly maxGradNorm: number;
  readonly batchSize: number;
  readonly gradientAccumulation: number;
  readonly sequenceLength: number;
  readonly packing: boolean;
  readonly epochs: number;
  /** Ends before the epochs do. */
  readonly maxSteps: number | undefined;
  readonly seed: number;
  readonly gradientCheckpointing: boolean | undefined;
}

/** Where a training's state is kept. */
interface CheckpointSettings {
  readonly path: string;
  /** Steps between two; 0 for none but where a signal aborts. */
  readonly every: number;
  /** Whether to go on from it. */
  readonly resume: boolean;
}

/** What is told after each step. */
export interface TrainingProgress {
  /** Steps done, of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Epochs done, with the part of the current one. */
  readonly epoch: number;
  /** The step's mean loss of a learned token, in nats. */
  readonly loss: number;
  /** The evaluation's mean loss, at steps that evaluate. */
  readonly evalLoss?: number;
  /** The gradients' norm before clipping. */
  readonly gradNorm: number;
  readonly learningRate: number;
  /** Tokens computed in a second, of the last steps. */
  readonly tokensPerSecond: number;
  /** Seconds until the end, at the pace of the last steps. */
  readonly eta: number;
}

/** What a training came to. */
export interface TrainingResult {
  /** The file that was written. */
  readonly output: string;
  readonly steps: number;
  /** The last step's loss. */
  readonly loss: number;
  /** The last evaluation's, where there was one. */
  readonly evalLoss: number | undefined;
  readonly tokensPerSecond: number;
  /** Bytes of memory that the training took on the device. */
  readonly memoryBytes: number;
  /** Examples that were cut at `sequenceLength`. */
  readonly cut: number;
  /** Examples without anything to learn, which were left out. */
  readonly dropped: number;
}
