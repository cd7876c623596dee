// How fast a story comes.
import { isDeepStrictEqual } from "node:util";
import { compare } from "./compare.mjs";
import { ExactWrapper, evaluate, idsOf, startSession } from "./contestants.mjs";

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
  const count = await countTokens(Object.values(tellers));
  const samplers = {};
  for (const [name, tell] of Object.entries(tellers)) {
    samplers[name] = async () => (count / (await timeStories(tell))) * 1000;
  }
  const { repo, release } = contestants.model.llama.llamaCppRelease;
  return {
    title: `Decoding ${animals.length} stories, ${count} tokens`,
    unit: "tokens/s",
    results: await compare(samplers, options),
    notes: [
      `llama.cpp ${release} of ${repo}, cria, 1 thread; more is better`,
      "timed from each story's first token; all three choose the same tokens",
      "sequence.evaluate alone makes no text of them",
      "the session gets our prompt: after the spaces that Llama2ChatWrapper adds, cria's answers are short",
    ],
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

/** Throws where the stories differ, since speeds can only be compared for the same work. */
async function countTokens(tellers) {
  let count = 0;
  for (const story of animals.keys()) {
    const told = [];
    for (const tell of tellers) told.push(await tell(story, () => {}));
    if (!told.every((tokens) => isDeepStrictEqual(tokens, told[0]))) {
      throw new Error(`The contestants tell different stories about the ${animals[story]}.`);
    }
    count += told[0].length;
  }
  return count;
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
