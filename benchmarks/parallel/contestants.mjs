// The ways to hold several conversations at once in Node. Each takes all prompts in the same moment, and tells when
// which token came.
import {
  ExactWrapper,
  evaluate,
  loadOurs,
  startEvaluation,
  startSession,
} from "../contestants.mjs";

/**
 * @typedef {object} Sample
 * @property {number} firstTokenMs until the first token, on average over the conversations
 * @property {number} tokensPerSecond of all conversations together, from when the last one has begun
 *
 * @typedef {object} Contestant
 * @property {(prompts: import("./prompts.mjs").Prompt[], maxTokens: number) => Promise<Sample>} sample
 * @property {() => Promise<void>} [dispose]
 *
 * @typedef {(onToken: (conversation: number, count: number) => void) => Promise<unknown>} Conversations
 *   Holds them, and resolves when all have ended.
 */

/**
 * @param {string} modelPath
 * @param {{ sequences: number, contextSize: number }} size
 * @returns {Promise<Contestant>}
 */
export async function createOurs(modelPath, size) {
  const model = await loadOurs({ model: modelPath, ...size });
  const chat = async (messages, maxTokens, onTokens) => {
    const stream = model.chat(messages, { temperature: 0, maxTokens });
    for await (const event of stream) if (event.type === "text") onTokens(event.tokens.length);
  };
  return {
    sample: (prompts, maxTokens) =>
      timeTokens(prompts.length, maxTokens, (onToken) =>
        Promise.all(
          prompts.map(({ messages }, index) =>
            chat(messages, maxTokens, (count) => onToken(index, count)),
          ),
        ),
      ),
    dispose: () => model.dispose(),
  };
}

/**
 * `sequence.evaluate`, asked for a token of all conversations, and for the next one when all have theirs: that fills
 * node-llama-cpp's batches.
 *
 * @param {import("node-llama-cpp").LlamaContext} context
 * @returns {Contestant}
 */
export function createLockStep(context) {
  const sequences = takeSequences(context);
  return {
    sample: (prompts, maxTokens) =>
      timeTokens(prompts.length, maxTokens, async (onToken) => {
        const evaluations = await Promise.all(
          prompts.map(({ ids }, index) => startEvaluation(sequences[index], ids)),
        );
        for (let count = 0; count < maxTokens; count++) {
          await Promise.all(
            evaluations.map(async (evaluation, index) => {
              await evaluation.next();
              onToken(index, 1);
            }),
          );
        }
        await Promise.all(evaluations.map((evaluation) => evaluation.return()));
      }),
    dispose: () => context.dispose(),
  };
}

/**
 * `sequence.evaluate` in a loop for each conversation: the batches are as node-llama-cpp gathers them.
 *
 * @param {import("node-llama-cpp").LlamaContext} context
 * @returns {Contestant}
 */
export function createLoops(context) {
  const sequences = takeSequences(context);
  return {
    sample: (prompts, maxTokens) =>
      timeTokens(prompts.length, maxTokens, (onToken) =>
        Promise.all(
          prompts.map(({ ids }, index) =>
            evaluate(sequences[index], ids, { maxTokens, onToken: () => onToken(index, 1) }),
          ),
        ),
      ),
    dispose: () => context.dispose(),
  };
}

/**
 * A LlamaChatSession for each conversation.
 *
 * @param {import("node-llama-cpp").LlamaContext} context
 * @returns {Contestant}
 */
export function createSessions(context) {
  const sequences = takeSequences(context);
  const wrapper = new ExactWrapper();
  return {
    sample: (prompts, maxTokens) =>
      timeTokens(prompts.length, maxTokens, (onToken) =>
        Promise.all(
          prompts.map(({ text }, index) =>
            startSession(sequences[index], wrapper)(text, {
              maxTokens,
              onToken: (tokens) => onToken(index, tokens.length),
            }),
          ),
        ),
      ),
    dispose: () => context.dispose(),
  };
}

/**
 * Times the tokens of some conversations. Each should come to `maxTokens`; but what a model says can depend on what
 * else is in a batch, so cria may end an answer a little earlier.
 *
 * @param {number} count how many conversations
 * @param {number} maxTokens
 * @param {Conversations} hold
 * @returns {Promise<Sample>}
 */
export async function timeTokens(count, maxTokens, hold) {
  const arrivals = Array.from({ length: count }, () => []);
  const start = performance.now();
  await hold((conversation, tokens) => {
    const now = performance.now() - start;
    for (let token = 0; token < tokens; token++) arrivals[conversation].push(now);
  });
  const short = arrivals.find(({ length }) => length < maxTokens * 0.75);
  if (short) throw new Error(`${short.length} tokens came where there should be ${maxTokens}.`);
  const first = arrivals.map(([time]) => time);
  const begun = Math.max(...first);
  const rest = arrivals.flat().filter((time) => time > begun);
  return {
    firstTokenMs: first.reduce((sum, time) => sum + time) / count,
    tokensPerSecond: (rest.length / (Math.max(...rest) - begun)) * 1000,
  };
}

function takeSequences(context) {
  return Array.from({ length: context.totalSequences }, () => context.getSequence());
}
