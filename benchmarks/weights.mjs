// How fast model files are inspected, converted, quantised and merged, beside plain copies of them, and in how much memory.

import { compareMeasures } from "./compare.mjs";
import { makeModel } from "./weights/model.mjs";
import { runJob } from "./weights/run-job.mjs";

const MEGABYTE = 1e6;

/**
 * @param {{ quick: boolean }} options
 * @returns {AsyncGenerator<import("./report.mjs").Case | import("./report.mjs").Table>}
 */
export async function* run({ quick }) {
  const model = await makeModel({ quick });
  const rounds = quick ? { rounds: 2, warmUp: 0 } : { rounds: 3, warmUp: 0 };
  const memory = [];
  try {
    for (const { title, jobs } of writingCases(model)) {
      const samplers = Object.fromEntries(
        Object.entries(jobs).map(([name, job]) => [name, () => runWriting(job)]),
      );
      const { speed, peak } = await compareMeasures(samplers, rounds);
      yield { title, unit: "MB/s", results: speed, notes: NOTES };
      memory.push(...peak.map(({ name, median }) => [`${title}: ${name}`, median]));
    }
    const samplers = Object.fromEntries(
      Object.entries(inspectJobs(model)).map(([name, job]) => [name, () => runJob(job)]),
    );
    const { ms, peak } = await compareMeasures(samplers, rounds);
    yield { title: "inspecting a GGUF with Llama 2's vocabulary", unit: "ms", results: ms };
    memory.push(...peak.map(({ name, median }) => [`inspecting: ${name}`, median]));
    yield { title: "peak memory", columns: ["MB"], rows: memory };
  } finally {
    await model.remove();
  }
}

const NOTES = [
  "of the input, with all of the output on the disk; above 1 x is faster than ours",
  "each sample is a process of its own; its start is not counted",
];

function writingCases({ huggingFace, gguf, adapter }) {
  const copyFolder = { kind: "copy", input: huggingFace };
  const copyGguf = { kind: "copy", input: gguf };
  return [
    {
      title: "a Hugging Face folder to GGUF, F16",
      jobs: {
        "weights: convertModel": { kind: "convert", input: huggingFace },
        "plain copy": copyFolder,
      },
    },
    {
      title: "a GGUF to a Hugging Face folder, F16",
      jobs: { "weights: convertModel": { kind: "unconvert", input: gguf }, "plain copy": copyGguf },
    },
    ...["Q8_0", "Q4_0"].map((type) => ({
      title: `quantising F16 to ${type}`,
      jobs: {
        "weights: quantizeModel": { kind: "quantize", input: gguf, type },
        "plain copy": copyGguf,
      },
    })),
    {
      title: "merging an adapter of rank 16 on all linears, F16",
      jobs: {
        "weights: mergeAdapter": { kind: "merge", input: gguf, adapter },
        "plain copy": copyGguf,
      },
    },
  ];
}

function inspectJobs({ gguf }) {
  return {
    "weights: inspectWeights": { kind: "inspect", input: gguf },
    "@huggingface/gguf": { kind: "inspect-hugging-face", input: gguf },
  };
}

async function runWriting(job) {
  const { ms, peak, bytes } = await runJob(job);
  return { speed: bytes / MEGABYTE / (ms / 1000), peak };
}
