import { createHash } from "node:crypto";
import {
  type MetadataValue,
  memoryTensor,
  metadataNumber,
  metadataText,
  openGguf,
  WeightsError,
  writeGguf,
} from "@llama2-kit/weights";
import { TrainingError } from "../error.ts";
import type { Parameter, Parameters } from "../model/parameters.ts";
import type { TrainingJob } from "./job.ts";

/** What a checkpoint keeps of a parameter. */
const KEPT = ["weights", "mean", "variance"] as const;

/** A training that goes on from a checkpoint, or leaves one. */
export interface ResumableTraining {
  readonly job: TrainingJob;
  readonly parameters: Parameters;
  /** What computes: it must be the same for the same results to the bit. */
  readonly arithmetic: string;
}

/**
 * Writes a training's state after a step. The order of the examples follows from the seed and the step, so with
 * the weights and AdamW's means that is all there is to go on from.
 */
export async function saveCheckpoint(
  { job, parameters, arithmetic }: ResumableTraining,
  step: number,
): Promise<void> {
  const metadata = new Map<string, MetadataValue>([
    ["general.architecture", { type: "string", value: "llama2-kit-checkpoint" }],
    ["training.step", { type: "u32", value: step }],
    ["training.fingerprint", { type: "string", value: fingerprint(job) }],
    ["training.arithmetic", { type: "string", value: arithmetic }],
  ]);
  const tensors = parameters.list.flatMap((parameter) =>
    KEPT.map((key) =>
      memoryTensor({
        name: `${parameter.name}.${key}`,
        shape: [parameter.shape[1], parameter.shape[0]],
        type: "F32",
        bytes: new Uint8Array(parameters.read(parameter, parameter[key]).buffer),
      }),
    ),
  );
  await writeGguf(job.checkpoint.path, { metadata, tensors }, { overwrite: true });
}

/**
 * Puts a training into the state of its checkpoint.
 *
 * @returns steps done
 * @throws TrainingError `BAD_CHECKPOINT`
 * @throws WeightsError where the file cannot be read
 */
export async function loadCheckpoint(training: ResumableTraining): Promise<number> {
  const { job, parameters, arithmetic } = training;
  const { path } = job.checkpoint;
  const file = await openGguf(path).catch((error) => {
    const isMissing = WeightsError.isInstance(error) && error.code === "NOT_FOUND";
    throw isMissing ? bad(path, "is no checkpoint: there is no such file") : error;
  });
  try {
    const step = metadataNumber(file.metadata, "training.step");
    if (step === undefined) throw bad(path, "is no checkpoint of a training");
    if (metadataText(file.metadata, "training.fingerprint") !== fingerprint(job)) {
      throw bad(path, "is of another training: its model, dataset or settings differ");
    }
    const before = metadataText(file.metadata, "training.arithmetic");
    if (before !== arithmetic) {
      const advice = "Resume with the same device and blas, or start without resume";
      throw bad(path, `was computed on ${before}, and this is ${arithmetic}`, advice);
    }
    for (const parameter of parameters.list) {
      for (const key of KEPT) {
        const source = file.tensors.get(`${parameter.name}.${key}`);
        if (source?.byteLength !== bytesOf(parameter)) throw bad(path, `lacks ${parameter.name}`);
        const bytes = await source.read(0, source.byteLength);
        parameters.write(parameter[key], new Float32Array(bytes.slice().buffer));
      }
    }
    return step;
  } finally {
    await file.close();
  }
}

function bytesOf({ shape }: Parameter): number {
  return shape[0] * shape[1] * Float32Array.BYTES_PER_ELEMENT;
}

function bad(path: string, problem: string, advice = "Start without resume"): TrainingError {
  return new TrainingError("BAD_CHECKPOINT", `${path} ${problem}. ${advice}.`);
}

/** What must be the same for a training to go on as if it had never stopped. */
function fingerprint({ model, trained, examples, settings }: TrainingJob): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify({ model, trained, settings }));
  hash.update(
    new Uint8Array(examples.ids.buffer, examples.ids.byteOffset, examples.ids.byteLength),
  );
  hash.update(examples.learned);
  return hash.digest("hex");
}
