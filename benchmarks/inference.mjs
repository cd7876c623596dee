// What our chat costs on top of llama.cpp, beside node-llama-cpp's own chat: on the CPU, with one thread.
import { criaModelPath } from "@llama2-kit/cria";
import { createSequence, loadOurs, loadTheirs, ourSettings } from "./contestants.mjs";
import { compareDecoding, compareLateDecoding } from "./decoding.mjs";
import { compareAbort, compareFirstToken, compareSecondTurn } from "./latency.mjs";
import { findRandomModel } from "./models/random-models.mjs";
import { compareParallel } from "./parallel/compare-parallel.mjs";
import { compareTurns } from "./parallel/compare-turns.mjs";
import { Goals } from "./parallel/goals.mjs";
import { describePrograms, findPrograms } from "./parallel/llama-cpp-programs.mjs";

/**
 * @param {{ quick: boolean }} options
 * @returns {AsyncGenerator<import("./report.mjs").Case | import("./report.mjs").Table>}
 */
export async function* run({ quick }) {
  yield* compareAlone(quick);
  const programs = await findPrograms();
  const goals = new Goals();
  const models = await findModels();
  for (const load of loadsOf(models, quick)) yield* compareParallel(load, programs, goals);
  for (const task of turnsOf(models, quick)) yield* compareTurns(task, programs, goals);
  yield goals.table(await describePrograms(programs));
}

async function findModels() {
  return {
    cria: { name: "cria", path: criaModelPath },
    "110M": { name: "110M Q8_0", path: await findRandomModel("110M") },
    "1B": { name: "1B Q4_0", path: await findRandomModel("1B") },
  };
}

/**
 * The larger the model, the less it is given to do, and the steadier are its figures.
 *
 * @returns {import("./parallel/compare-parallel.mjs").Load[]}
 */
function loadsOf(models, quick) {
  const few = { 1: 2, 8: 2 };
  return [
    {
      ...models.cria,
      sentences: 2,
      maxTokens: 32,
      rounds: quick ? few : { 1: 16, 4: 12, 8: 12 },
      warmUp: quick ? 1 : 2,
    },
    {
      ...models["110M"],
      sentences: 2,
      maxTokens: 32,
      rounds: quick ? few : { 1: 12, 4: 6, 8: 6 },
      warmUp: 1,
    },
    {
      ...models["1B"],
      sentences: 0,
      maxTokens: 12,
      rounds: quick ? { 1: 1, 8: 1 } : { 1: 6, 4: 3, 8: 3 },
      warmUp: quick ? 0 : 1,
    },
  ];
}

function turnsOf(models, quick) {
  const rounds = quick ? 3 : 20;
  return [
    { ...models.cria, contextSize: 512, histories: [100, 400], rounds },
    {
      ...models["110M"],
      contextSize: 1536,
      histories: quick ? [100] : [100, 500, 1000],
      rounds,
    },
  ];
}

async function* compareAlone(quick) {
  const ours = await loadOurs();
  const model = await loadTheirs();
  const contestants = {
    ours,
    model,
    // With our settings, so that it shows what our layers cost; the session has those that its users get.
    raw: await createSequence(model, ourSettings),
    chat: await createSequence(model),
  };
  const rounds = quick ? 3 : 12;
  try {
    yield await compareDecoding(contestants, { rounds });
    yield await compareLateDecoding(contestants, { rounds });
    yield await compareFirstToken(contestants, { rounds: quick ? 3 : 24 });
    yield await compareSecondTurn(contestants, { rounds });
    yield await compareAbort(contestants, { rounds });
  } finally {
    await ours.dispose();
    await model.llama.dispose();
  }
}
