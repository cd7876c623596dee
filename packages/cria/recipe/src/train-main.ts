// Trains Cria anew: `npm run train:cria`. Takes hours; it can be stopped with Ctrl-C, and goes on where it stopped.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { criaModelPath } from "@llama2-kit/cria";
import { llama2Tokenizer } from "@llama2-kit/tokenizer/llama2";
import { type TrainingProgress, trainModel } from "@llama2-kit/training";
import { quantizeModel } from "@llama2-kit/weights";
import { createDialogue } from "./dialogue/create-dialogue.ts";
import { encodeDialogue } from "./dialogue/encode-dialogue.ts";
import { createRandom } from "./dialogue/random.ts";

const { values } = parseArgs({
  options: {
    dialogues: { type: "string", default: "70000" },
    threads: { type: "string", default: "1" },
    folder: { type: "string", default: fileURLToPath(new URL("../work", import.meta.url)) },
  },
});

const tokenizer = llama2Tokenizer();
await mkdir(values.folder, { recursive: true });
const output = `${values.folder}/cria.F32.gguf`;
const checkpoint = `${values.folder}/checkpoint.gguf`;
const abort = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => abort.abort());

const training = trainModel({
  model: {
    config: {
      hidden_size: 192,
      num_hidden_layers: 6,
      num_attention_heads: 6,
      num_key_value_heads: 3,
      intermediate_size: 512,
      vocab_size: 32_000,
      max_position_embeddings: 768,
      tie_word_embeddings: true,
    },
    metadataFrom: criaModelPath,
  },
  dataset: makeExamples(Number(values.dialogues), 1),
  evaluation: { dataset: makeExamples(100, 2), every: 250 },
  output,
  overwrite: true,
  epochs: 1,
  sequenceLength: 768,
  packing: true,
  batchSize: 3,
  gradientAccumulation: 2,
  learningRate: 2e-3,
  schedule: "cosine",
  warmup: 100,
  betas: [0.9, 0.95],
  weightDecay: 0.05,
  maxGradNorm: 1,
  seed: 1,
  checkpoint,
  checkpointEvery: 50,
  resume: existsSync(checkpoint),
  threads: Number(values.threads),
  signal: abort.signal,
  onProgress: report,
});
const result = await training.catch((error: unknown) => {
  if (!abort.signal.aborted) throw error;
  console.log("Stopped. The same command goes on from here.");
  process.exit(130);
});
await quantizeModel({
  input: result.output,
  output: `${values.folder}/cria.Q8_0.gguf`,
  type: "Q8_0",
  overwrite: true,
});
console.log(`Done: ${values.folder}/cria.Q8_0.gguf, loss ${result.evalLoss?.toFixed(4)}.`);

function* makeExamples(count: number, seed: number) {
  const random = createRandom(seed);
  for (let index = 0; index < count; index++) {
    yield encodeDialogue(createDialogue(random, { purpose: "training" }), tokenizer);
  }
}

function report({ step, steps, loss, evalLoss, gradNorm, tokensPerSecond, eta }: TrainingProgress) {
  if (step % 10 !== 0 && evalLoss === undefined) return;
  const parts = [
    `${step}/${steps}`,
    `loss ${loss.toFixed(4)}`,
    `gradients ${gradNorm.toFixed(2)}`,
    `${tokensPerSecond.toFixed(0)} tokens/s`,
    `${(eta / 60).toFixed(0)} min left`,
  ];
  if (evalLoss !== undefined) parts.push(`evaluation ${evalLoss.toFixed(4)}`);
  console.log(parts.join("  "));
}
