// The ways to run Llama 2 in Node that are compared, all on the CPU with one thread, each in a context of its own.
import { criaFacts, criaModelPath } from "@llama2-kit/cria";
import { loadModel } from "@llama2-kit/inference";
import { encodeChat } from "@llama2-kit/prompt";
import {
  getLlama,
  Llama2ChatWrapper,
  LlamaChatSession,
  LlamaLogLevel,
  LlamaText,
  SpecialToken,
  SpecialTokensText,
} from "node-llama-cpp";

/**
 * @typedef {object} Contestants
 * @property {import("@llama2-kit/inference").LocalModel} ours
 * @property {import("node-llama-cpp").LlamaModel} model what node-llama-cpp's two have in common
 * @property {import("node-llama-cpp").LlamaContextSequence} raw for `evaluate`
 * @property {import("node-llama-cpp").LlamaContextSequence} chat for sessions
 */

/** What our package has contexts created with, for those that are to differ from it in nothing else. */
export const ourSettings = { flashAttention: false, batchSize: 128 };

/**
 * @param {object} [options] `loadModel`'s, in place of these
 * @returns {Promise<import("@llama2-kit/inference").LocalModel>}
 */
export function loadOurs(options) {
  return loadModel({ model: criaModelPath, gpu: false, threads: 1, ...options });
}

/** Loads llama.cpp as our package does, and a model. */
export async function loadTheirs(modelPath = criaModelPath) {
  const llama = await getLlama({
    gpu: false,
    build: "never",
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.warn,
    maxThreads: 0,
  });
  return llama.loadModel({ modelPath });
}

/**
 * @param {import("node-llama-cpp").LlamaModel} model
 * @param {import("node-llama-cpp").LlamaContextOptions} [settings] node-llama-cpp's defaults otherwise
 */
export async function createSequence(model, settings) {
  const { contextSize } = criaFacts;
  const context = await model.createContext({ contextSize, threads: 1, ...settings });
  return context.getSequence();
}

/**
 * A chat session of node-llama-cpp that does the work which ours does: no system prompt, and no repeat penalty,
 * both of which it has by default.
 *
 * @param {import("node-llama-cpp").LlamaContextSequence} contextSequence
 * @param {Llama2ChatWrapper} [chatWrapper]
 * @param {import("@llama2-kit/prompt").ChatMessage[]} [history] what was said before
 * @returns {(text: string, options?: object) => Promise<string>} says something, and returns the answer
 */
export function startSession(contextSequence, chatWrapper = new Llama2ChatWrapper(), history = []) {
  const session = new LlamaChatSession({ contextSequence, chatWrapper, systemPrompt: "" });
  if (history.length > 0) session.setChatHistory(history.map(toHistoryItem));
  return (text, options) =>
    session.prompt(text, { temperature: 0, repeatPenalty: false, ...options });
}

function toHistoryItem({ role, content }) {
  return role === "user" ? { type: "user", text: content } : { type: "model", response: [content] };
}

/** Writes Meta's prompt for one message: without the extra spaces, after which cria says something else. */
export class ExactWrapper extends Llama2ChatWrapper {
  generateContextState(options) {
    const { text } = options.chatHistory.find(({ type }) => type === "user");
    const prompt = new SpecialTokensText(`[INST] ${text} [/INST]`);
    return {
      ...super.generateContextState(options),
      contextText: LlamaText([new SpecialToken("BOS"), prompt]),
    };
  }
}

/**
 * The least that is needed: ids in, ids out. What the sequence holds already is used.
 *
 * @param {import("node-llama-cpp").LlamaContextSequence} sequence
 * @param {number[]} ids
 * @returns {Promise<AsyncGenerator<number, void>>} what is generated, with the end-of-sequence token
 */
export async function startEvaluation(sequence, ids) {
  const { firstDifferentIndex } = sequence.compareContextTokens(ids);
  const kept = Math.min(firstDifferentIndex, ids.length - 1);
  await sequence.eraseContextTokenRanges([{ start: kept, end: sequence.nextTokenIndex }]);
  return sequence.evaluate(ids.slice(kept), { temperature: 0, yieldEogToken: true });
}

/**
 * @param {import("node-llama-cpp").LlamaContextSequence} sequence
 * @param {number[]} ids
 * @param {{ maxTokens?: number, onToken?: () => void }} [options]
 * @returns {Promise<number[]>} what was generated, with the end-of-sequence token
 */
export async function evaluate(sequence, ids, { maxTokens = Infinity, onToken } = {}) {
  const tokens = [];
  for await (const token of await startEvaluation(sequence, ids)) {
    onToken?.();
    tokens.push(token);
    if (tokens.length === maxTokens || sequence.model.isEogToken(token)) break;
  }
  return tokens;
}

/**
 * @param {import("node-llama-cpp").LlamaModel} model
 * @param {import("@llama2-kit/prompt").ChatMessage[]} messages
 * @returns {number[]} the ids of the prompt that our `chat` makes of a conversation
 */
export function idsOf(model, messages) {
  const tokenizer = { encode: (text) => model.tokenize(text, false) };
  return [...encodeChat(messages, tokenizer).ids];
}
