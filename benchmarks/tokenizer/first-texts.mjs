// `node first-texts.mjs llama2-kit <folder>`: says as JSON how many milliseconds a tokenizer takes to load, and then for
// its first texts, in this process that has done nothing before.
import { loaders } from "./contestants.mjs";
import { writeEnglish } from "./texts.mjs";

const [, , name, folder] = process.argv;
const texts = {
  message: writeEnglish(1, 200),
  page: writeEnglish(2, 4096),
  long: writeEnglish(3, 100_000),
};

const times = {};
let start = performance.now();
const { encode } = await loaders[name](folder);
times.load = performance.now() - start;
for (const [what, text] of Object.entries(texts)) {
  start = performance.now();
  await encode(text);
  times[what] = performance.now() - start;
}
process.stdout.write(JSON.stringify(times), () => process.exit());
