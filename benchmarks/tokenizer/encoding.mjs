// How fast text becomes ids, in a process that has done it for a while.
import { compare } from "../compare.mjs";
import { writeCode, writeEnglish, writeMessages, writeMultilingual } from "./texts.mjs";

const megabyte = 1_000_000;

/** Not among those that are measured. */
const others = writeEnglish(6, 4096);

/** Their time grows faster than the text, and a megabyte takes them half a minute. */
const slow = ["llama-tokenizer-js", "@huggingface/tokenizers"];

/**
 * @typedef {object} Task
 * @property {string} title
 * @property {(round: number) => string[]} textsOf what a round encodes
 * @property {number} rounds
 * @property {number} warmUp
 * @property {number} [slowRounds] the rounds of those that are slow; as many as the others' if left out
 * @property {string[]} [without] who does not take part
 * @property {string[]} [notes]
 */

/**
 * @param {Record<string, import("./contestants.mjs").Contestant>} contestants
 * @param {{ quick: boolean }} options
 * @returns {AsyncGenerator<import("../report.mjs").Case>}
 */
export async function* compareEncoding(contestants, { quick }) {
  for (const task of quick ? quickTasks() : allTasks()) {
    yield await compareTask(contestants, task);
  }
}

/** @returns {Task[]} */
function allTasks() {
  return [...shortTasks({ rounds: 8, warmUp: 2 }), ...longTasks(), ...repeatedTasks()];
}

/** @returns {Task[]} */
function quickTasks() {
  return shortTasks({ rounds: 2, warmUp: 1 });
}

/** @returns {Task[]} */
function shortTasks(effort) {
  const messages = writeMessages(7, 50);
  const pages = pagesOf(writeEnglish, 7);
  const length = Math.round(messages.join("").length / messages.length);
  const title = `A chat message, ${length} characters on average`;
  return [
    { title: `${title}, novel`, textsOf: (round) => writeMessages(1000 + round, 50), ...effort },
    { title: `${title}, repeated`, textsOf: () => messages, ...effort },
    { title: "4 KB of English, novel", textsOf: novelPages(writeEnglish), ...effort },
    { title: "4 KB of English, repeated", textsOf: () => pages, ...effort },
    { title: "4 KB in ten languages, novel", textsOf: novelPages(writeMultilingual), ...effort },
    { title: "4 KB of code, novel", textsOf: novelPages(writeCode), ...effort },
  ];
}

/** @returns {Task[]} */
function longTasks() {
  const novel = (write, length) => (round) => [write(3000 + round, length)];
  const effort = { rounds: 3, warmUp: 1, slowRounds: 1 };
  return [
    {
      title: "1 MB of English, novel",
      textsOf: novel(writeEnglish, megabyte),
      notes: [`here and below, ${slow.join(" and ")} take part in one round`],
      ...effort,
    },
    {
      title: "250 KB in ten languages, novel",
      textsOf: novel(writeMultilingual, megabyte / 4),
      ...effort,
    },
    { title: "250 KB of code, novel", textsOf: novel(writeCode, megabyte / 4), ...effort },
  ];
}

/** @returns {Task[]} */
function repeatedTasks() {
  const [text, letters] = [writeEnglish(8, megabyte), "a".repeat(megabyte)];
  return [
    {
      title: "1 MB of English, repeated",
      textsOf: () => [text],
      rounds: 3,
      warmUp: 1,
      without: slow,
    },
    {
      title: "1 MB of one letter",
      textsOf: () => [letters],
      rounds: 3,
      warmUp: 1,
      slowRounds: 1,
      without: ["@huggingface/tokenizers"],
      notes: ["@huggingface/tokenizers would take many minutes"],
    },
  ];
}

function pagesOf(write, seed) {
  return Array.from({ length: 5 }, (_, index) => write(seed * 100 + index, 4096));
}

function novelPages(write) {
  return (round) => pagesOf(write, 2000 + round);
}

async function compareTask(contestants, task) {
  const { title, textsOf, rounds, warmUp, slowRounds, without = [], notes } = task;
  const textsOfRound = rememberLast(textsOf);
  const samplers = {};
  for (const [name, { encode }] of Object.entries(contestants)) {
    if (without.includes(name)) continue;
    samplers[name] = async (round) => {
      const texts = textsOfRound(round);
      await resume(encode);
      return timePerText(encode, texts);
    };
  }
  const limits = slowRounds ? Object.fromEntries(slow.map((name) => [name, slowRounds])) : {};
  const results = await compare(samplers, { rounds, warmUp, limits });
  return { title, unit: "ms", results, notes };
}

/** Before a sample there is a garbage collection, after which V8 is slow for some milliseconds. */
async function resume(encode) {
  const start = performance.now();
  while (performance.now() - start < 20) await encode(others);
}

async function timePerText(encode, texts) {
  const start = performance.now();
  for (const text of texts) {
    const ids = encode(text);
    // To await what is no promise would cost a fast one more than encoding does.
    if (ids instanceof Promise) await ids;
  }
  return (performance.now() - start) / texts.length;
}

/** All contestants of a round get the same texts, and making these is not part of their time. */
function rememberLast(make) {
  let lastRound;
  let texts;
  return (round) => {
    if (round !== lastRound) texts = make(round);
    lastRound = round;
    return texts;
  };
}
