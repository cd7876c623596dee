// A contestant of `training.mjs` in its process: trains some steps, and sends tokens a second of
// processor time, which a busy machine changes less than the clock's, and the highest memory.
import { trainAdapter } from "@llama2-kit/training";

const STEPS = 2;

const { model, output, blas, rank, tokens, batch, vocabulary } = JSON.parse(process.argv[2]);
const dataset = Array.from({ length: batch }, (_, row) => ({
  ids: Array.from({ length: tokens + 1 }, (_, at) => (at * 7919 + row * 13) % vocabulary),
}));
const times = [];
let last;
await trainAdapter({
  model,
  dataset,
  output,
  overwrite: true,
  rank,
  alpha: 2 * rank,
  targets: "all-linear",
  sequenceLength: tokens,
  batchSize: batch,
  gradientAccumulation: 1,
  epochs: STEPS + 1,
  blas,
  inProcess: true,
  onProgress: () => {
    const { user, system } = process.cpuUsage();
    const now = (user + system) / 1e6;
    if (last !== undefined) times.push(now - last); // the first step warms up
    last = now;
  },
});
times.sort((a, b) => a - b);
const speed = (batch * tokens) / times[times.length >> 1];
process.send({ speed, memory: process.resourceUsage().maxRSS / 1024 }, () => process.exit());
