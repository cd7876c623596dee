// Training a LoRA on all linear layers: this package and a PyTorch loop of the same shapes, each in a process of its own.
import { fork, spawnSync } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { criaModelPath } from "@llama2-kit/cria";
import { trainModel } from "@llama2-kit/training";
import { quantizeModel } from "@llama2-kit/weights";
import { compareMeasures } from "./compare.mjs";

const FOLDER = join(tmpdir(), "llama2-kit-training");
const CHILD = fileURLToPath(new URL("training/child.mjs", import.meta.url));
const PEER = fileURLToPath(new URL("training/peer.py", import.meta.url));
// Debian's PyTorch belongs to Debian's Python, whatever else is called python3.
const PYTHON = process.env.TORCH_PYTHON ?? "/usr/bin/python3";

/** 10 million parameters, and trl's batches. */
const SHAPE = { width: 384, layers: 6, heads: 6, shared: 2, inner: 1024, vocabulary: 512 };
const WORK = { ...SHAPE, rank: 8, tokens: 512, batch: 4 };

export async function* run({ quick }) {
  await mkdir(FOLDER, { recursive: true });
  try {
    yield* compareSpeed(quick);
    yield await measureGrowth(quick);
  } finally {
    await rm(FOLDER, { recursive: true, force: true });
  }
}

async function* compareSpeed(quick) {
  const models = await writeModels(SHAPE);
  const hasTorch = spawnSync(PYTHON, ["-c", "import torch"]).status === 0;
  const contestants = {
    ...(hasTorch ? { "PyTorch, F32": () => runPeer(WORK) } : {}),
    "ours, F32": () => runOurs({ ...WORK, model: models.F32 }),
    "ours, Q8_0": () => runOurs({ ...WORK, model: models.Q8_0 }),
    "ours, F32, ggml alone": () => runOurs({ ...WORK, model: models.F32, blas: "off" }),
    "ours, Q8_0, ggml alone": () => runOurs({ ...WORK, model: models.Q8_0, blas: "off" }),
  };
  const rounds = { rounds: quick ? 1 : 3, warmUp: 0 };
  const { speed, memory } = await compareMeasures(contestants, rounds);
  const notes = [
    "10M parameters, LoRA of rank 8 on all linear layers, 4 rows of 512 tokens a step",
    "one thread; a second is one of processor time",
    ...(hasTorch
      ? []
      : [`no PyTorch in ${PYTHON}: apt-get install python3-torch libopenblas0-pthread`]),
  ];
  yield { title: "Training", unit: "tokens/s", results: speed, notes };
  yield {
    title: "Memory of the process at its highest",
    columns: ["MiB", "ratio"],
    rows: memory.map(({ name, median, ratio }) => [name, median, ratio]),
  };
}

/** How speed and memory follow from length, rank and layers, one changed at a time. */
async function measureGrowth(quick) {
  const changes = [
    {},
    { tokens: 128 },
    { tokens: 1024 },
    { rank: 64 },
    { layers: 3 },
    { layers: 12 },
  ];
  const rows = [];
  for (const change of quick ? changes.slice(0, 2) : changes) {
    const work = { ...WORK, ...change };
    const { F32: model } = await writeModels(work);
    const { speed, memory } = await runOurs({ ...work, model });
    const what = Object.entries(change).map(([key, value]) => `${key} ${value}`);
    rows.push([what[0] ?? "as above", speed, memory]);
  }
  return { title: "Growth, F32", columns: ["tokens/s", "MiB"], rows };
}

/** Random models of a shape: how fast they are trained does not depend on what weights say. */
async function writeModels({ width, layers, heads, shared, inner, vocabulary }) {
  const F32 = join(FOLDER, `${layers}.F32.gguf`);
  const Q8_0 = join(FOLDER, `${layers}.Q8_0.gguf`);
  const config = {
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: shared,
    intermediate_size: inner,
    vocab_size: vocabulary,
  };
  await trainModel({
    model: { config, metadataFrom: criaModelPath },
    dataset: [{ ids: [1, 2, 3] }],
    output: F32,
    overwrite: true,
    maxSteps: 1,
  });
  await quantizeModel({ input: F32, output: Q8_0, type: "Q8_0", overwrite: true });
  return { F32, Q8_0 };
}

function runOurs(work) {
  return new Promise((resolve, reject) => {
    const output = join(FOLDER, "adapter.gguf");
    const child = fork(CHILD, [JSON.stringify({ ...work, output })], { execArgv: [] });
    child.on("message", resolve);
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`The training ended with ${code}.`)));
  });
}

function runPeer(work) {
  const { status, stdout, stderr } = spawnSync(PYTHON, [PEER, JSON.stringify(work)]);
  if (status !== 0) throw new Error(String(stderr));
  return JSON.parse(String(stdout));
}
