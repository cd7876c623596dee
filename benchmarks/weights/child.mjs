// Does one job, and sends how long it took and how much memory it had at most.
import { copyFile, mkdir, open, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { gguf as readHuggingFaceHeader } from "@huggingface/gguf";
import { convertModel, inspectWeights, mergeAdapter, quantizeModel } from "@llama2-kit/weights";

/** Calls that are timed, of which the median counts: reading a header is short. */
const INSPECTIONS = 9;

const JOBS = {
  convert: ({ input, output }) => convertModel({ input, output: `${output}.gguf` }),
  unconvert: ({ input, output }) => convertModel({ input, output }),
  quantize: ({ input, output, type }) =>
    quantizeModel({ input, output: `${output}.gguf`, type, chooseType: keepSimple }),
  merge: ({ input, output, adapter }) =>
    mergeAdapter({ base: input, adapter, output: `${output}.gguf` }),
  copy,
};

const INSPECT = {
  inspect: ({ input }) => inspectWeights(input),
  "inspect-hugging-face": ({ input }) => readHuggingFaceHeader(input, { allowLocalFile: true }),
};

/** All in the one type: llama-quantize's plan has the output's matrix in Q6_K, which ggml makes and not we. */
function keepSimple(_tensor, planned) {
  return planned === "Q6_K" ? "Q8_0" : planned;
}

/** What everybody can do: the same bytes once more, on the disk as ours are. */
async function copy({ input, output }) {
  const files = await filesOf(input);
  await mkdir(output);
  for (const [index, file] of files.entries()) {
    const to = join(output, String(index));
    await copyFile(file, to);
    const handle = await open(to, "r+");
    await handle.sync();
    await handle.close();
  }
}

async function filesOf(path) {
  if ((await stat(path)).isFile()) return [path];
  return (await readdir(path)).map((name) => join(path, name));
}

async function time(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Of Linux's own count: the usual one begins with what the parent had when it forked. */
async function peakMegabytes() {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
  if (kibibytes !== undefined) return (Number(kibibytes) * 1024) / 1e6;
  return process.resourceUsage().maxRSS / 1000;
}

const job = JSON.parse(process.argv[2]);
const sizes = await Promise.all(
  (await filesOf(job.input)).map(async (file) => (await stat(file)).size),
);
const bytes = sizes.reduce((sum, size) => sum + size, 0);
let ms;
if (job.kind in INSPECT) {
  const times = [];
  for (let call = 0; call < INSPECTIONS; call++)
    times.push(await time(() => INSPECT[job.kind](job)));
  ms = times.sort((a, b) => a - b)[Math.floor(INSPECTIONS / 2)];
} else {
  ms = await time(() => JOBS[job.kind](job));
}
process.send({ ms, peak: await peakMegabytes(), bytes });
process.disconnect();
