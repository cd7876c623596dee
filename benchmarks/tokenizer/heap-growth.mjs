// `node --expose-gc heap-growth.mjs <bytes of cache>`: says as JSON how much more memory is in use after encoding 10 MB
// of novel text, and after 10 MB more.
import { llama2Tokenizer } from "@llama2-kit/tokenizer/llama2";
import { writeEnglish } from "./texts.mjs";

const tokenizer = llama2Tokenizer({ cacheBytes: Number(process.argv[2]) });
writeEnglish(0, 1e5);
tokenizer.encode("This makes what is made only once.");
const before = inUse();
const growth = [1, 2].map((part) => {
  for (let index = 0; index < 100; index++) {
    tokenizer.encode(writeEnglish(1000 * part + index, 1e5));
  }
  return inUse() - before;
});
process.stdout.write(JSON.stringify(growth));

function inUse() {
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
