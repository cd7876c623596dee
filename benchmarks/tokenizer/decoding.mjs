// How fast ids become text, all at once and one by one.
import { compareTimes } from "../compare.mjs";
import { ours } from "./contestants.mjs";
import { writeEnglish, writeMultilingual } from "./texts.mjs";

/**
 * @param {Record<string, import("./contestants.mjs").Contestant>} contestants
 * @param {{ rounds: number }} options
 * @returns {Promise<import("../report.mjs").Case>}
 */
export async function compareDecoding(contestants, options) {
  const text = writeEnglish(40, 100_000);
  const ids = Array.from(contestants[ours].encode(text));
  const functions = {};
  for (const [name, { decode }] of Object.entries(contestants)) {
    if ((await decode(ids)) !== text) throw new Error(`${name} decodes to another text.`);
    functions[name] = () => {
      const decoded = decode(ids);
      return decoded instanceof Promise ? decoded : finish(decoded);
    };
  }
  return {
    title: `Decoding 100 KB of English, ${ids.length} tokens`,
    unit: "ms",
    results: await compareTimes(functions, { sampleMs: 100, ...options }),
  };
}

/**
 * @param {Record<string, import("./contestants.mjs").Contestant>} contestants
 * @param {{ rounds: number }} options
 * @returns {Promise<import("../report.mjs").Case>}
 */
export async function compareStreaming(contestants, options) {
  const text = writeEnglish(41, 20_000) + writeMultilingual(41, 5_000);
  const ids = Array.from(contestants[ours].encode(text));
  const functions = {};
  for (const [name, { createDecoder }] of Object.entries(contestants)) {
    if (createDecoder === undefined) continue;
    functions[name] = () => {
      const decoder = createDecoder();
      let length = 0;
      for (const id of ids) length += decoder.push(id).length;
      length += decoder.flush?.().length ?? 0;
      if (length < text.length) throw new Error(`${name} lost a part of the text.`);
    };
  }
  return {
    title: `Decoding 25 KB token by token, ${ids.length} tokens`,
    unit: "ms",
    results: await compareTimes(functions, { sampleMs: 100, ...options }),
    notes: [
      "the last fifth is in ten languages",
      "node-llama-cpp's has U+FFFD where a character comes in several tokens; ours waits for all of them",
      "the others cannot decode a token by what came before it",
    ],
  };
}

/** V8 joins strings when they are read, not when they are added; reading makes that part of what is measured. */
function finish(text) {
  return text.charCodeAt(text.length - 1);
}
