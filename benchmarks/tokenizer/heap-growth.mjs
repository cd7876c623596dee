// `node --expose-gc heap-growth.mjs <bytes of cache>`: says as JSON how much more memory is in use after encoding 10 MB
// of novel text, and after 10 MB more.
import { llama2Tokenizer } from "@llama2-kit/tokenizer/llama2";
import { writeEnglish } from "./texts.mjs";

const tokenizer = llama2Tokenizer({ cacheBytes: Number(process.argv[2]) });
tokenizer.encode("This makes what it makes only once.");
encode(0, 1);
const before = inUse();
const growth = [1, 2].map((part) => {
  encode(part * 1000, 100);
  return inUse() - before;
});
process.stdout.write(JSON.stringify(growth));

function encode(seed, count) {
  for (let index = 0; index < count; index++) tokenizer.encode(writeEnglish(seed + index, 1e5));
}

function inUse() {
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
