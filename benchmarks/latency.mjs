// How long one waits: for a first token, for the next turn's first token, and for the end after an abort.
import { compare } from "./compare.mjs";
import { evaluate, idsOf, startSession } from "./contestants.mjs";
import { passage } from "./passage.mjs";

const greedy = { temperature: 0 };

/** A text that no two rounds in a row begin alike, so that nothing of it is in a cache. */
function freshText(round, length) {
  return `Round ${round}. ${passage(round, 24)}`.slice(0, length);
}

function fromUser(content) {
  return [{ role: "user", content }];
}

/**
 * The prompt has another length each round, for how many tokens are left over for the last batch matters.
 *
 * @param {import("./contestants.mjs").Contestants} contestants
 * @param {{ rounds: number }} options
 * @returns {Promise<import("./report.mjs").Case>}
 */
export async function compareFirstToken({ ours, model, raw, chat }, options) {
  const textOf = (round) => freshText(round, 1200 + ((round * 7) % 24) * 23);
  const lengths = new Set();
  const samplers = {
    "chat() of llama2-kit": (round) =>
      time(() => ours.chat(fromUser(textOf(round)), { ...greedy, maxTokens: 1 }).result),
    "sequence.evaluate": (round) => {
      const ids = idsOf(model, fromUser(textOf(round)));
      lengths.add(ids.length);
      return time(() => evaluate(raw, ids, { maxTokens: 1 }));
    },
    LlamaChatSession: (round) => {
      const say = startSession(chat);
      return time(() => say(textOf(round), { maxTokens: 1 }));
    },
  };
  const results = await compare(samplers, options);
  return {
    title: `First token after a new prompt of ${Math.min(...lengths)} to ${Math.max(...lengths)} tokens`,
    unit: "ms",
    results,
    notes: ["sequence.evaluate gets ids, so it need not tokenize"],
  };
}

/**
 * @param {import("./contestants.mjs").Contestants} contestants
 * @param {{ rounds: number }} options
 * @returns {Promise<import("./report.mjs").Case>}
 */
export async function compareSecondTurn({ ours, model, raw, chat }, options) {
  const firstOf = (round) => freshText(round, 1000);
  const second = "Tell me a story about a fox.";
  const short = { ...greedy, maxTokens: 30 };
  const evaluated = {};
  const samplers = {
    "chat() of llama2-kit": async (round) => {
      const messages = fromUser(firstOf(round));
      const answer = await ours.chat(messages, short).text();
      messages.push({ role: "assistant", content: answer }, ...fromUser(second));
      return time(async () => {
        const { usage } = await ours.chat(messages, { ...greedy, maxTokens: 1 }).result;
        evaluated.ours = usage.promptTokens - usage.cachedTokens;
      });
    },
    "sequence.evaluate": async (round) => {
      const ids = idsOf(model, fromUser(firstOf(round)));
      const answer = await evaluate(raw, ids, short);
      const end = model.isEogToken(answer.at(-1)) ? [] : [model.tokens.eos];
      ids.push(...answer, ...end, ...idsOf(model, fromUser(second)));
      const before = raw.tokenMeter.getState();
      const ms = await time(() => evaluate(raw, ids, { maxTokens: 1 }));
      evaluated.raw = raw.tokenMeter.diff(before).usedInputTokens;
      return ms;
    },
    LlamaChatSession: async (round) => {
      const say = startSession(chat);
      await say(firstOf(round), short);
      const before = chat.tokenMeter.getState();
      const ms = await time(() => say(second, { maxTokens: 1 }));
      evaluated.theirs = chat.tokenMeter.diff(before).usedInputTokens;
      return ms;
    },
  };
  const results = await compare(samplers, options);
  const { ours: by, raw: byRaw, theirs } = evaluated;
  return {
    title: "First token of a second turn, after some 300 tokens",
    unit: "ms",
    results,
    notes: [
      `evaluated ${by}, ${byRaw} and ${theirs} tokens in the last round; the rest was cached`,
    ],
  };
}

/**
 * @param {import("./contestants.mjs").Contestants} contestants
 * @param {{ rounds: number }} options
 * @returns {Promise<import("./report.mjs").Case>}
 */
export async function compareAbort({ ours, chat }, options) {
  const textOf = (round) => freshText(round, 1700);
  const samplers = {
    "chat() of llama2-kit": (round) =>
      timeAbort((signal) => ours.chat(fromUser(textOf(round)), { ...greedy, signal }).result),
    LlamaChatSession: (round) => {
      const say = startSession(chat);
      return timeAbort((signal) => say(textOf(round), { signal }).catch(ignoreAbort));
    },
  };
  return {
    title: "From an abort, 15 ms into a long prompt, to the end",
    unit: "ms",
    results: await compare(samplers, options),
    notes: ["sequence.evaluate has no signal"],
  };
}

function ignoreAbort(error) {
  if (error.name !== "AbortError") throw error;
}

async function time(run) {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

async function timeAbort(run) {
  const controller = new AbortController();
  let abortedAt = Number.NaN;
  setTimeout(() => {
    abortedAt = performance.now();
    controller.abort();
  }, 15);
  await run(controller.signal);
  return performance.now() - abortedAt;
}
