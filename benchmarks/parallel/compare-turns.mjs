// The next turn of a conversation: what was said before is in the cache, so its first token should come as soon as the
// new tokens are evaluated.
import { compare } from "../compare.mjs";
import {
  createSequence,
  idsOf,
  loadOurs,
  loadTheirs,
  ourSettings,
  startEvaluation,
  startSession,
} from "../contestants.mjs";
import { passage } from "../passage.mjs";
import { startLlamaServer } from "./llama-server.mjs";

const named = {
  ours: "chat() of llama2-kit",
  raw: "sequence.evaluate of the new tokens",
  session: "LlamaChatSession",
  server: "llama-server",
};

/** A twentieth later at the most. */
const wanted = 1 / 1.05;

/** One after the other, so that the questions of no two rounds in a row begin alike. */
const openings = "Please Now So Well Then Yes No First Next Today".split(" ");

const request = "tell me a story about a fox who wanted to see the sea.";

/**
 * @param {object} task
 * @param {string} task.name of the model
 * @param {string} task.path
 * @param {number} task.contextSize
 * @param {number[]} task.histories tokens before the turn; each is a case
 * @param {number} task.rounds
 * @param {import("./llama-cpp-programs.mjs").Programs} programs
 * @param {import("./goals.mjs").Goals} goals gets what there is to reach here
 * @returns {AsyncGenerator<import("../report.mjs").Case>}
 */
export async function* compareTurns(task, programs, goals) {
  const { path, histories, contextSize } = task;
  const size = { sequences: 1, contextSize };
  const model = await loadTheirs(path);
  const contestants = {
    model,
    ours: await loadOurs({ model: path, ...size }),
    raw: await createSequence(model, { ...ourSettings, contextSize }),
    chat: await createSequence(model, { contextSize }),
    server: programs.server && (await startLlamaServer(programs.server, path, size)),
  };
  try {
    for (const history of histories) {
      yield await compareTurn(contestants, { ...task, history }, goals);
    }
  } finally {
    await contestants.server?.dispose();
    await contestants.ours.dispose();
    await model.llama.dispose();
  }
}

async function compareTurn({ model, ours, raw, chat, server }, { name, history, rounds }, goals) {
  const before = makeHistory(model, history);
  const questionIn = (round) => `${openings[round % openings.length]}, ${request}`;
  const messagesIn = (round) => [...before, { role: "user", content: questionIn(round) }];
  const evaluated = {};
  const samplers = {
    [named.ours]: (round) =>
      time(async () => {
        const stream = ours.chat(messagesIn(round), { temperature: 0, maxTokens: 1 });
        const { promptTokens, cachedTokens } = (await stream.result).usage;
        evaluated.ours = promptTokens - cachedTokens;
      }),
    [named.raw]: async (round) => {
      const ids = idsOf(model, messagesIn(round));
      // This erases what is not the same; evaluating begins when the first token is asked for.
      const evaluation = await startEvaluation(raw, ids);
      evaluated.raw = ids.length - raw.nextTokenIndex;
      const ms = await time(() => evaluation.next());
      await evaluation.return();
      return ms;
    },
    [named.session]: (round) => {
      const say = startSession(chat, undefined, before);
      return time(() => say(questionIn(round), { maxTokens: 1 }));
    },
  };
  if (server) {
    samplers[named.server] = (round) => {
      const ids = idsOf(model, messagesIn(round));
      return time(() => server.complete(ids, 1, () => {}));
    };
  }
  const results = await compare(samplers, { rounds });
  if (evaluated.ours !== evaluated.raw) {
    throw new Error(`${evaluated.ours} new tokens are not sequence.evaluate's ${evaluated.raw}.`);
  }
  const [, { ratio }] = results;
  const title = `${name}: first token of the next turn, after some ${history} tokens`;
  goals.add(title, wanted, ratio);
  return {
    title,
    unit: "ms",
    results,
    notes: [
      `${evaluated.ours} new tokens in the last round; sequence.evaluate gets these alone, the others find them by themselves`,
      "LlamaChatSession has its own settings, with flash attention",
    ],
  };
}

/** Messages, the last one the assistant's, whose prompt has about so many tokens. */
function makeHistory(model, tokens) {
  const messages = [];
  for (let turn = 0; idsOf(model, [...messages, fromUser("")]).length < tokens; turn++) {
    messages.push(fromUser(passage(2 * turn, 1)));
    messages.push({ role: "assistant", content: passage(2 * turn + 1, 1) });
  }
  return messages;
}

function fromUser(content) {
  return { role: "user", content };
}

async function time(run) {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
