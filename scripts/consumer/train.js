// What somebody's first training against the published packages might be: in a process of its own, as it comes.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { criaModelPath } from "@llama2-kit/cria";
import { loadModel } from "@llama2-kit/inference";
import { encodeChat } from "@llama2-kit/prompt";
import { llama2Tokenizer } from "@llama2-kit/tokenizer/llama2";
import { TrainingError, trainAdapter } from "@llama2-kit/training";

const question = { role: "user", content: "What is the opposite of Paris?" };
const { ids } = encodeChat([question], llama2Tokenizer());
const options = {
  model: criaModelPath,
  dataset: [{ ids: [...ids, 3303, 7128, 29889, 2], spans: [[ids.length, ids.length + 4]] }],
  output: "adapter.gguf",
  rank: 4,
  epochs: 3,
};

// The first step is told by a process that is still at work: this one can abort it.
const control = new AbortController();
const abort = () => control.abort();
const aborted = { ...options, epochs: 1000, signal: control.signal, onProgress: abort };
await assert.rejects(trainAdapter(aborted), { name: "AbortError" });
const steps = [];
const resumed = { ...options, epochs: 1000, resume: true, maxSteps: 1000 };
await assert.rejects(trainAdapter({ ...resumed, rank: 8 }), (error) => {
  return TrainingError.isInstance(error) && error.code === "BAD_CHECKPOINT";
});

const { loss } = await trainAdapter({
  ...options,
  peft: "adapter",
  onProgress: ({ step }) => steps.push(step),
});
assert.deepEqual(steps, [1, 2, 3]);
assert.ok(loss > 0);
assert.equal(JSON.parse(await readFile("adapter/adapter_config.json", "utf8")).r, 4);

const adapters = [{ name: "new", path: "adapter.gguf" }];
const model = await loadModel({ model: criaModelPath, gpu: false, threads: 1, adapters });
const adapter = [{ name: "new", scale: 1 }];
const answer = await model.chat([question], { temperature: 0, maxTokens: 9, adapter }).text();
await model.dispose();
assert.notEqual(answer, "");
