// What is asked in the parallel conversations: everywhere the same, and never again what is cached.
import { idsOf } from "../contestants.mjs";
import { passage } from "../passage.mjs";

/**
 * @typedef {object} Prompt
 * @property {string} text
 * @property {import("@llama2-kit/prompt").ChatMessage[]} messages with the text alone
 * @property {number[]} ids of Llama 2's prompt
 */

/** Twice as many as there are conversations, so that no two rounds in a row begin alike. */
const names =
  "Anna Ben Clara David Emma Finn Grace Henry Ivy Jack Kate Leo Mia Noah Olivia Paul".split(" ");

const animals = ["fox", "dog", "bird", "cat", "horse", "bear", "mouse", "lion"];

/** Tokens that all prompts begin with, which stay cached: `<s>[INST]`. */
export const sharedTokens = 4;

/**
 * Prompts of about the same length. Cria answers each with a story of more than 50 tokens.
 *
 * @param {import("node-llama-cpp").LlamaModel} model
 * @param {{ round: number, count: number, sentences: number }} options count: at most 8; the prompts have some 20
 *   tokens, and as many for each sentence
 * @returns {Prompt[]}
 */
export function makePrompts(model, { round, count, sentences }) {
  return Array.from({ length: count }, (_, index) => {
    const name = names[index + (round % 2) * animals.length];
    const before = sentences > 0 ? `${passage(index, sentences)} ` : "";
    const text = `${name}: ${before}Tell me a story about a ${animals[index]}.`;
    const messages = [{ role: "user", content: text }];
    return { text, messages, ids: idsOf(model, messages) };
  });
}
