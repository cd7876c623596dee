import type { NewModel, TrainingResult } from "./job/job.ts";
import type { TrainingOptions } from "./options.ts";
import { startTraining } from "./start-training.ts";

/** How to train a model. */
export interface TrainModelOptions extends TrainingOptions {
  /** The model's GGUF of F32 to train on, or what to begin a new one with. */
  readonly model: string | NewModel;
}

/**
 * Trains a whole model: all its matrices, norms and embeddings. It takes 16 bytes of memory for each weight, so
 * it is meant for tiny models.
 *
 * @param options - model, dataset, output; the rest has defaults
 * @returns what the training came to
 * @throws TrainingError any of its codes
 * @throws WeightsError where a file cannot be read or written
 * @throws the signal's reason, once the checkpoint is written
 * @example
 * ```ts
 * await trainModel({
 *   model: {
 *     config: {
 *       hidden_size: 192,
 *       num_hidden_layers: 6,
 *       num_attention_heads: 6,
 *       intermediate_size: 512,
 *       vocab_size: 32000,
 *       tie_word_embeddings: true,
 *     },
 *     metadataFrom: "cria.gguf",
 *   },
 *   dataset: [{ ids: [1, 518, 25580, 29962] }],
 *   output: "tiny.gguf",
 *   learningRate: 1e-3,
 * });
 * ```
 */
export async function trainModel(options: TrainModelOptions): Promise<TrainingResult> {
  return startTraining(options, options.model, { kind: "model" });
}
