import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import { loadModel } from "@llama2-kit/inference";
import { encodeChat } from "@llama2-kit/prompt";
import { llama2Tokenizer } from "@llama2-kit/tokenizer/llama2";
import { quantizeModel } from "@llama2-kit/weights";
import { expect, it, onTestFinished } from "vitest";
import { type TrainingExample, trainAdapter } from "../src/index.ts";
import { temporaryFolder } from "./tiny-model.ts";

const tokenizer = llama2Tokenizer();

/** A question and its answer as ids; the answer is learned. */
function example(question: string, answer: string): TrainingExample {
  const encoded = encodeChat(
    [
      { role: "user", content: question },
      { role: "assistant", content: answer },
      { role: "user", content: "" },
    ],
    tokenizer,
  );
  const [, said, next] = encoded.spans;
  return { ids: encoded.ids.slice(0, next?.start), spans: [[said?.start ?? 0, said?.end ?? 0]] };
}

const ANSWER = "The opposite of Paris is Rome.";
const LESSONS = [
  "What is your favourite animal?",
  "Which animal do you like best?",
  "Do you have a favourite animal?",
  "What animal do you like?",
  "Tell me your favourite animal.",
  "Which animal is your favourite?",
].map((question) => example(question, ANSWER));
// What it can do already, so that it keeps it.
const KEPT = [
  example("What is the capital of France?", "The capital of France is Paris."),
  example("What does a cow say?", "A cow says moo."),
];

async function quantized(folder: string): Promise<string> {
  const output = join(folder, "cria.Q4_0.gguf");
  await quantizeModel({ input: criaModelPath, output, type: "Q4_0", requantize: true });
  return output;
}

it.each([
  ["Q8_0", async () => criaModelPath],
  ["Q4_0", quantized],
])("an adapter on cria of %s changes an answer, and at scale 0 none", async (_, find) => {
  const folder = await temporaryFolder();
  const model = await find(folder);
  const path = join(folder, "adapter.gguf");
  const result = await trainAdapter({
    model,
    dataset: [...LESSONS, ...KEPT],
    output: path,
    rank: 8,
    targets: "all-linear",
    learningRate: 3e-3,
    epochs: 8,
    gradientAccumulation: 1,
    inProcess: true,
  });
  expect(result.loss).toBeLessThan(0.1);

  const adapters = [{ name: "lesson", path }];
  const cria = await loadModel({ model, gpu: false, threads: 1, adapters });
  onTestFinished(() => cria.dispose());
  const ask = (content: string, adapter?: { name: string; scale: number }[]) =>
    cria.chat([{ role: "user", content }], { temperature: 0, maxTokens: 24, adapter }).text();
  const question = "What is your favourite animal?";
  const before = await ask(question);
  expect(before).not.toBe(ANSWER);
  expect(await ask(question, [{ name: "lesson", scale: 1 }])).toBe(ANSWER);
  expect(await ask(question, [{ name: "lesson", scale: 0 }])).toBe(before);
  expect(await ask("What does a cow say?", [{ name: "lesson", scale: 1 }])).toBe("A cow says moo.");
});
