import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ModelWeights, writeGguf } from "@llama2-kit/weights";
import { onTestFinished } from "vitest";
import type { TrainingExample } from "../src/data/example.ts";
import { type EngineOptions, openEngine } from "../src/ggml/engine.ts";
import { type BuildOptions, type BuiltTrainer, buildTrainer } from "../src/model/build-trainer.ts";
import { type NewModelConfig, randomModel } from "../src/model/random-model.ts";
import { LINEARS, type LinearName } from "../src/model/sizes.ts";

/** A Llama with all that a large one has: shared keys and values, several layers. */
export const TINY: NewModelConfig = {
  hidden_size: 64,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 96,
  vocab_size: 128,
  initializer_range: 0.15,
};

export const ALL_LINEARS = Object.keys(LINEARS) as LinearName[];

/** Texts that have nothing to say, of different lengths. */
export const EXAMPLES: readonly TrainingExample[] = Array.from({ length: 6 }, (_, number) => {
  const length = 9 + number * 3;
  const ids = Array.from({ length }, (_, at) => 3 + ((at * at * 7 + 3 * at + number * 11) % 120));
  return { ids: [1, ...ids, 2], spans: [[4, length + 2]] };
});

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "llama2-kit-training-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a tiny model of random weights. */
export async function tinyModelFile(
  folder: string,
  config: NewModelConfig = TINY,
): Promise<string> {
  const path = join(folder, "tiny.gguf");
  const { metadata, tensors } = randomModel(config, 1);
  await writeGguf(path, { metadata, tensors: tensors.values() });
  return path;
}

/** A trainer of a tiny model, in this process. */
export async function tinyTrainer(
  options: Partial<BuildOptions> & {
    config?: NewModelConfig;
    weights?: ModelWeights;
    engine?: EngineOptions;
  } = {},
): Promise<BuiltTrainer> {
  const { config = TINY, engine: engineOptions, ...build } = options;
  const { weights = randomModel(config, 1) } = options;
  const engine = await openEngine({ ...engineOptions });
  const built = await buildTrainer(engine, weights, {
    trained: { kind: "model" },
    mostTokens: 64,
    seed: 1,
    ...build,
  });
  onTestFinished(() => {
    built.trainer.dispose();
    engine.close();
  });
  return built;
}
