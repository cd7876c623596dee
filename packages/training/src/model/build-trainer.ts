import type { ModelWeights } from "@llama2-kit/weights";
import { badOption, TrainingError } from "../error.ts";
import { freeMemory } from "../ggml/device.ts";
import type { Engine } from "../ggml/engine.ts";
import { FrozenWeights, frozenBytes } from "./frozen-weights.ts";
import { type ParameterSpec, Parameters, parameterBytes } from "./parameters.ts";
import { seededRandom, seedFor } from "./random.ts";
import { rowBytes } from "./row-inputs.ts";
import {
  LINEARS,
  type LinearName,
  type ModelSizes,
  readSizes,
  requiredTensors,
  shapeOfTensor,
} from "./sizes.ts";
import { Trainer } from "./trainer.ts";

/** What is trained: an adapter beside the model, or the model itself. */
export type TrainedPart =
  | {
      readonly kind: "adapter";
      readonly rank: number;
      readonly alpha: number;
      readonly targets: readonly LinearName[];
    }
  | { readonly kind: "model" };

/** What a trainer is built for. */
export interface BuildOptions {
  readonly trained: TrainedPart;
  /** Tokens of a row at most, a multiple of `ROW_STEP`. */
  readonly mostTokens: number;
  readonly seed: number;
  /** Undefined leaves it to the memory that there is. */
  readonly gradientCheckpointing?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Memory that a training takes, in bytes. */
interface MemoryNeed {
  /** The model, of the types that it has in the file. */
  readonly model: number;
  /** What is trained, its gradients, and what AdamW keeps. */
  readonly parameters: number;
  /** What a row of tokens is computed in. */
  readonly working: number;
  readonly total: number;
}

/** A trainer that is ready, and what it takes. */
export interface BuiltTrainer {
  readonly trainer: Trainer;
  readonly memory: MemoryNeed;
  readonly gradientCheckpointing: boolean;
}

/**
 * Loads a model into a device to train it, or an adapter for it.
 *
 * @throws TrainingError `UNSUPPORTED_MODEL`, `BAD_OPTION` or `OUT_OF_MEMORY`
 */
export async function buildTrainer(
  engine: Engine,
  weights: ModelWeights,
  options: BuildOptions,
): Promise<BuiltTrainer> {
  const { trained, mostTokens, signal } = options;
  const sizes = readSizes(weights);
  const specs = trained.kind === "model" ? modelSpecs(sizes) : adapterSpecs(sizes, trained);
  const trainedNames = new Set(specs.map(({ name }) => name));
  const frozenNames = requiredTensors(sizes).filter((name) => !trainedNames.has(name));
  const fixed = {
    model: frozenBytes(weights, frozenNames),
    parameters: specs.reduce((sum, spec) => sum + parameterBytes(spec), 0),
  };
  const free = freeMemory(engine.device);
  refuse({ ...fixed, working: rowBytes(mostTokens) }, free);
  const sources = frozenNames
    .map((name) => weights.tensors.get(name))
    .filter((s) => s !== undefined);
  const frozen = new FrozenWeights(engine.device, sources);
  const parameters = new Parameters(engine.device, specs);
  const adapterScale = trained.kind === "adapter" ? trained.alpha / trained.rank : 0;
  const trainer = new Trainer({ engine, sizes, frozen, parameters, adapterScale, mostTokens });
  try {
    const need = trainer.measure();
    const gradientCheckpointing =
      options.gradientCheckpointing ?? need.whole > Math.max(WHOLE_AT_LEAST, free * WHOLE_PART);
    const working = rowBytes(mostTokens) + (gradientCheckpointing ? need.checkpointed : need.whole);
    const memory = { ...fixed, working };
    refuse(memory, free);
    trainer.reserve(gradientCheckpointing);
    await frozen.load(signal);
    if (trained.kind === "model") await loadParameters(parameters, weights);
    else initializeAdapter(parameters, options.seed);
    return { trainer, memory: withTotal(memory), gradientCheckpointing };
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

// All layers' activations are kept where they take no more than this, or than this part of the free memory.
const WHOLE_AT_LEAST = 2 ** 28;
const WHOLE_PART = 0.25;

function withTotal(need: Omit<MemoryNeed, "total">): MemoryNeed {
  return { ...need, total: need.model + need.parameters + need.working };
}

function refuse(need: Omit<MemoryNeed, "total">, free: number): void {
  const { total } = withTotal(need);
  if (total <= free) return;
  const [model, parameters, working] = [need.model, need.parameters, need.working].map(mebibytes);
  throw new TrainingError(
    "OUT_OF_MEMORY",
    `This training takes ${mebibytes(total)} of memory, and ${mebibytes(free)} are free: ${model} for the model, ${parameters} for what is trained, ${working} to compute in. Use a smaller sequenceLength or rank, or a quantised model.`,
  );
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

function modelSpecs(sizes: ModelSizes): ParameterSpec[] {
  return requiredTensors(sizes).map((name) => {
    const shape = shapeOfTensor(sizes, name);
    return { name, shape, decays: shape[1] > 1 };
  });
}

function adapterSpecs(
  sizes: ModelSizes,
  { rank, targets }: Extract<TrainedPart, { kind: "adapter" }>,
): ParameterSpec[] {
  const specs: ParameterSpec[] = [];
  for (let layer = 0; layer < sizes.layers; layer++) {
    for (const target of targets) {
      const part = LINEARS[target];
      if (part === undefined) {
        throw badOption("targets", target, `some of ${Object.keys(LINEARS).join(", ")}`);
      }
      const name = `blk.${layer}.${part}.weight`;
      const [inputs, outputs] = shapeOfTensor(sizes, name);
      specs.push({ name: `${name}.lora_a`, shape: [inputs, rank], decays: true });
      specs.push({ name: `${name}.lora_b`, shape: [rank, outputs], decays: true });
    }
  }
  return specs;
}

/** As PEFT begins: A uniform within 1 / sqrt(in), which is `kaiming_uniform_` with `a = sqrt(5)`; B zero. */
function initializeAdapter(parameters: Parameters, seed: number): void {
  for (const { name, shape, weights } of parameters.list) {
    if (!name.endsWith(".lora_a")) continue;
    const random = seededRandom(seedFor(seed, name));
    const limit = 1 / Math.sqrt(shape[0]);
    const draw = () => (random.next() * 2 - 1) * limit;
    parameters.write(weights, Float32Array.from({ length: shape[0] * shape[1] }, draw));
  }
}

async function loadParameters(parameters: Parameters, weights: ModelWeights): Promise<void> {
  for (const { name, weights: tensor } of parameters.list) {
    const source = weights.tensors.get(name);
    if (source?.type !== "F32") {
      throw new TrainingError(
        "UNSUPPORTED_MODEL",
        `${name} is of type ${source?.type}, and training the model itself needs F32. Convert it first.`,
      );
    }
    const bytes = await source.read(0, source.byteLength);
    parameters.write(tensor, new Float32Array(bytes.slice().buffer));
  }
}
