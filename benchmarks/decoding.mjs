// How fast a story comes.
import { isDeepStrictEqual } from "node:util";
import { compare } from "./compare.mjs";
import { ExactWrapper, evaluate, idsOf, startSession } from "./contestants.mjs";
import { passage } from "./passage.mjs";

const animals = ["fox", "dog", "bird", "cat"];

/**
 * @typedef {(story: number, onToken: () => void) => Promise<number[]>} Teller
 *   Tells one of the stories, and returns its tokens.
 */

/**
 * @param {import("./contestants.mjs").Contestants} contestants
 * @param {{ rounds: number }} options
 * @returns {Promise<import("./report.mjs").Case>}
 */
export async function compareDecoding(contestants, options) {
  const tellers = makeTellers(contestants);
  const counts = await countTokens(tellers);
  const samplers = {};
  for (const [name, tell] of Object.entries(tellers)) {
    samplers[name] = async () => (counts[name] / (await timeStories(tell))) * 1000;
  }
  const { repo, release } = contestants.model.llama.llamaCppRelease;
  return {
    title: `Decoding ${animals.length} stories, ${Object.values(counts).join(", ")} tokens`,
    unit: "tokens/s",
    results: await compare(samplers, options),
    notes: [
      `llama.cpp ${release} of ${repo}, cria, 1 thread; more is better`,
      "timed from each story's first token; sequence.evaluate has the settings of chat(), and chooses the same tokens",
      "sequence.evaluate alone makes no text of them",
      "the session has node-llama-cpp's settings, whose flash attention rounds otherwise, so a story may differ",
      "the session gets our prompt: after the spaces that Llama2ChatWrapper adds, cria's answers are short",
    ],
  };
}

/**
 * Decoding deep in a conversation, where the context's settings show: each token attends to all before it.
 *
 * @param {import("./contestants.mjs").Contestants} contestants
 * @param {{ rounds: number }} options
 * @returns {Promise<import("./report.mjs").Case>}
 */
export async function compareLateDecoding({ ours, model, raw, chat }, options) {
  const messages = [
    { role: "user", content: passage(0, 18) },
    { role: "assistant", content: "I am a very small model, so I do not know that." },
    { role: "user", content: "Tell me a story about a fox." },
  ];
  const ids = idsOf(model, messages);
  const maxTokens = 40;
  const tellers = {
    "chat() of llama2-kit": async (onToken) => {
      const stream = ours.chat(messages, { temperature: 0, maxTokens });
      for await (const { type } of stream) if (type === "text") onToken();
      return (await stream.result).tokens.length;
    },
    "sequence.evaluate": async (onToken) =>
      (await evaluate(raw, ids, { maxTokens, onToken })).length,
    "sequence.evaluate, its own settings": async (onToken) =>
      (await evaluate(chat, ids, { maxTokens, onToken })).length,
  };
  const samplers = {};
  for (const [name, tell] of Object.entries(tellers)) {
    samplers[name] = async () => {
      let firstToken;
      const count = await tell(() => {
        firstToken ??= performance.now();
      });
      return ((count - 1) / (performance.now() - firstToken)) * 1000;
    };
  }
  return {
    title: `Decoding a story after ${ids.length} tokens`,
    unit: "tokens/s",
    results: await compare(samplers, options),
    notes: ["node-llama-cpp's own settings have flash attention on"],
  };
}

/** @returns {Record<string, Teller>} */
function makeTellers({ ours, model, raw, chat }) {
  const questions = animals.map((animal) => `Tell me a story about a ${animal}.`);
  const prompts = questions.map((content) => [{ role: "user", content }]);
  const ids = prompts.map((messages) => idsOf(model, messages));
  const wrapper = new ExactWrapper();
  return {
    "chat() of llama2-kit": async (story, onToken) => {
      const stream = ours.chat(prompts[story], { temperature: 0 });
      for await (const { type } of stream) if (type === "text") onToken();
      return withoutEnd((await stream.result).tokens);
    },
    "sequence.evaluate": async (story, onToken) =>
      withoutEnd(await evaluate(raw, ids[story], { onToken })),
    LlamaChatSession: async (story, onToken) => {
      const tokens = [];
      await startSession(chat, wrapper)(questions[story], {
        onToken: (more) => {
          tokens.push(...more);
          onToken();
        },
      });
      return tokens;
    },
  };
}

function withoutEnd(tokens) {
  return tokens.slice(0, -1);
}

/**
 * How many tokens each tells. Throws where the stories of the first two differ: what our layers cost shows only
 * for the same work.
 */
async function countTokens(tellers) {
  const told = {};
  for (const [name, tell] of Object.entries(tellers)) {
    told[name] = [];
    for (const story of animals.keys()) told[name].push(await tell(story, () => {}));
  }
  const [ours, raw] = Object.values(told);
  if (!isDeepStrictEqual(ours, raw)) throw new Error("chat() and sequence.evaluate differ.");
  return Object.fromEntries(
    Object.entries(told).map(([name, stories]) => [name, stories.flat().length]),
  );
}

/** The first token of each is not in it, but the end-of-sequence token is, so there are as many as are counted. */
async function timeStories(tell) {
  let ms = 0;
  for (const story of animals.keys()) {
    let firstToken;
    await tell(story, () => {
      firstToken ??= performance.now();
    });
    ms += performance.now() - firstToken;
  }
  return ms;
}
