import {
  type Metadata,
  type MetadataValue,
  type ModelWeights,
  memoryTensor,
  type TensorSource,
  writeGguf,
} from "@llama2-kit/weights";
import type { Parameter, Parameters } from "../model/parameters.ts";
import type { TrainingJob } from "./job.ts";

/** Writes what was trained: the adapter, or the model with all that its file said. */
export async function saveResult(
  job: TrainingJob,
  base: ModelWeights,
  parameters: Parameters,
): Promise<void> {
  const isModel = job.trained.kind === "model";
  const metadata = isModel ? base.metadata : adapterMetadata(job);
  const tensors = parameters.list.map((parameter) => trainedTensor(parameters, parameter));
  await writeGguf(job.output, { metadata, tensors }, { overwrite: job.overwrite });
}

function adapterMetadata({ trained }: TrainingJob): Metadata {
  const alpha = trained.kind === "adapter" ? trained.alpha : 0;
  return new Map<string, MetadataValue>([
    ["general.architecture", { type: "string", value: "llama" }],
    ["general.type", { type: "string", value: "adapter" }],
    ["adapter.type", { type: "string", value: "lora" }],
    ["adapter.lora.alpha", { type: "f32", value: alpha }],
  ]);
}

function trainedTensor(parameters: Parameters, parameter: Parameter): TensorSource {
  const { name, shape, weights } = parameter;
  const isNorm = name.endsWith("_norm.weight");
  return memoryTensor({
    name,
    shape: isNorm ? [shape[0]] : [shape[1], shape[0]],
    type: "F32",
    bytes: new Uint8Array(parameters.read(parameter, weights).buffer),
  });
}
