import { resolve } from "node:path";
import { ggufToPeft } from "@llama2-kit/weights";
import { badOption } from "./error.ts";
import type { TrainingResult } from "./job/job.ts";
import { LINEARS, type LinearName } from "./model/sizes.ts";
import { number, type TrainingOptions, whole } from "./options.ts";
import { startTraining } from "./start-training.ts";

/** How to train an adapter. */
export interface TrainAdapterOptions extends TrainingOptions {
  /** The model's GGUF, of any type from F32 to Q2_K. It stays as it is. */
  readonly model: string;
  /** Columns of the adapter's matrices: how much it can learn. Default 64. */
  readonly rank?: number | undefined;
  /** The adapter's effect is multiplied by `alpha / rank`. Default 16. */
  readonly alpha?: number | undefined;
  /** The linear layers that get adapters. Default `["q_proj", "v_proj"]`, as PEFT's for Llama; `"all-linear"` for all. */
  readonly targets?: readonly LinearName[] | "all-linear" | undefined;
  /** A folder for the adapter in PEFT's form too. */
  readonly peft?: string | undefined;
}

/**
 * Trains a LoRA adapter, and writes it as GGUF. With a quantised model that is the way of QLoRA: the model's
 * weights stay quantised and frozen, the adapter's are F32.
 *
 * @param options - model, dataset, output; the rest has defaults
 * @returns what the training came to
 * @throws TrainingError any of its codes
 * @throws WeightsError where a file cannot be read or written
 * @throws the signal's reason, once the checkpoint is written
 * @example
 * ```ts
 * await trainAdapter({
 *   model: "llama-2-7b-chat.Q4_0.gguf",
 *   dataset: [{ ids: [1, 518, 25580, 29962], spans: [[2, 4]] }],
 *   output: "adapter.gguf",
 *   onProgress: ({ step, loss }) => console.log(step, loss),
 * });
 * ```
 */
export async function trainAdapter(options: TrainAdapterOptions): Promise<TrainingResult> {
  const rank = whole("rank", options.rank ?? 64, 1);
  const alpha = number("alpha", options.alpha ?? 16, { above: 0 });
  const targets = readTargets(options.targets ?? ["q_proj", "v_proj"]);
  const { model, output, overwrite, peft } = options;
  if (resolve(output) === resolve(model))
    throw badOption("output", output, "another file than the model");
  const trained = { kind: "adapter", rank, alpha, targets } as const;
  const result = await startTraining(options, model, trained, peft);
  if (peft !== undefined) await ggufToPeft({ input: output, output: peft, base: model, overwrite });
  return result;
}

function readTargets(targets: readonly LinearName[] | "all-linear"): readonly LinearName[] {
  const known = Object.keys(LINEARS) as LinearName[];
  if (targets === "all-linear") return known;
  const unknown = targets.find((target) => !known.includes(target));
  if (unknown !== undefined || targets.length === 0) {
    throw badOption("targets", unknown ?? targets, `"all-linear" or some of ${known.join(", ")}`);
  }
  return known.filter((name) => targets.includes(name));
}
