// Several conversations at once: how fast all of them go together, and how long each waits for its first token.
import { compareMeasures } from "../compare.mjs";
import { loadTheirs, ourSettings } from "../contestants.mjs";
import { createBatchedBench } from "./batched-bench.mjs";
import { createLockStep, createLoops, createOurs, createSessions } from "./contestants.mjs";
import { startLlamaServer } from "./llama-server.mjs";
import { makePrompts } from "./prompts.mjs";

/**
 * @typedef {object} Load what a model is made to do
 * @property {string} name of the model
 * @property {string} path
 * @property {number} sentences of each prompt
 * @property {number} maxTokens that each answer has
 * @property {Record<number, number>} rounds by the number of conversations
 * @property {number} warmUp
 */

const ours = "chat() of llama2-kit";
const lockStep = "sequence.evaluate, in lock-step";
const alone = "sequence.evaluate";
const loops = "sequence.evaluate, in loops";
const batchedBench = "llama-batched-bench";

/** What our speed is to be, divided by others', by the number of conversations: level is within a twentieth. */
const wantedSpeeds = {
  1: { [alone]: 0.97 },
  8: { [loops]: 1.6, [batchedBench]: 0.95 },
};

/** Tokens that each conversation has room for. */
const contextSize = 512;

/**
 * @param {Load} load
 * @param {import("./llama-cpp-programs.mjs").Programs} programs
 * @param {import("./goals.mjs").Goals} goals gets what there is to reach here
 * @returns {AsyncGenerator<import("../report.mjs").Case>}
 */
export async function* compareParallel(load, programs, goals) {
  const model = await loadTheirs(load.path);
  try {
    for (const [count, rounds] of Object.entries(load.rounds)) {
      const task = { ...load, model, programs, goals, count: Number(count), rounds };
      yield* compareConversations(task);
    }
  } finally {
    await model.llama.dispose();
  }
}

async function* compareConversations(task) {
  const { name, model, goals, count, rounds, warmUp, sentences, maxTokens } = task;
  const contestants = await createContestants(task);
  const samplers = {};
  const lengths = new Set();
  for (const [contestant, { sample }] of Object.entries(contestants)) {
    samplers[contestant] = (round) => {
      const prompts = makePrompts(model, { round, count, sentences });
      for (const { ids } of prompts) lengths.add(ids.length);
      return sample(prompts, maxTokens);
    };
  }
  try {
    const measured = await compareMeasures(samplers, { rounds, warmUp });
    const what = `${name}, ${count === 1 ? "1 conversation" : `${count} conversations`}`;
    for (const { name: other, ratio } of measured.tokensPerSecond) {
      const wanted = wantedSpeeds[count]?.[other];
      if (wanted) goals.add(`${what}: speed, of ${other}`, wanted, 1 / ratio);
    }
    yield {
      title: `${what}: ${maxTokens} tokens each`,
      unit: "tokens/s",
      results: measured.tokensPerSecond,
      notes: ["of all together, from when the last one has begun; more is better"],
    };
    yield {
      title: `${what}: first token`,
      unit: "ms",
      results: measured.firstTokenMs,
      notes: [
        `after prompts of ${Math.min(...lengths)} to ${Math.max(...lengths)} tokens, asked for in the same moment; average of the conversations`,
      ],
    };
  } finally {
    for (const { dispose } of Object.values(contestants)) await dispose?.();
  }
}

/** @returns {Promise<Record<string, import("./contestants.mjs").Contestant>>} ours first */
async function createContestants({ model, path, count, programs }) {
  const size = { sequences: count, contextSize };
  const createContext = (settings) => model.createContext({ ...size, threads: 1, ...settings });
  const contestants = { [ours]: await createOurs(path, size) };
  const inLockStep = createLockStep(await createContext(ourSettings));
  if (count === 1) {
    contestants[alone] = inLockStep;
  } else {
    contestants[lockStep] = inLockStep;
    contestants[loops] = createLoops(await createContext(ourSettings));
  }
  contestants.LlamaChatSession = createSessions(await createContext());
  if (programs.server) {
    contestants["llama-server"] = await startLlamaServer(programs.server, path, size);
  }
  if (programs.batchedBench) {
    contestants[batchedBench] = createBatchedBench(programs.batchedBench, path, size);
  }
  return contestants;
}
