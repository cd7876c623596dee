// Examines a model: `node dist/examine-main.js [model.gguf] [questions] [--mistakes]`. The shipped Cria by default.
import { criaModelPath } from "@llama2-kit/cria";
import { loadModel } from "@llama2-kit/inference";
import { examine } from "./examination/examine.ts";

const [path = criaModelPath, questions = "40"] = process.argv
  .slice(2)
  .filter((argument) => !argument.startsWith("--"));
const showsMistakes = process.argv.includes("--mistakes");

const model = await loadModel({ model: path, sequences: 8, gpu: false });
const marks = await examine(model, { questions: Number(questions), seed: 20_000, concurrency: 8 });
await model.dispose();

for (const { subject, right, questions: count, mistakes } of marks) {
  console.log(`${((100 * right) / count).toFixed(0).padStart(4)} %  ${subject}`);
  if (!showsMistakes) continue;
  for (const { question, answer, expected } of mistakes) {
    console.log(`         ${JSON.stringify({ question, answer, expected })}`);
  }
}
const all =
  marks.reduce((sum, { right }) => sum + right, 0) /
  marks.reduce((sum, { questions: count }) => sum + count, 0);
console.log(`${(100 * all).toFixed(1)} % of all`);
