// What one more turn costs in a conversation that has grown long.
import { ChatTranscript, encodeChat, fitMessages } from "@llama2-kit/prompt";
import { compare } from "./compare.mjs";
import { conversation, nextTurn } from "./conversation.mjs";

const TURNS = [10, 100, 1000];
/** Turns that are added in one sample. */
const ADDED = 200;

/** One id per character: next to nothing, so that what is measured is what is done around it. */
const createTokenizer = () => ({
  encode: (text) => Array.from(text, (character) => character.charCodeAt(0) + 3),
});

/**
 * @param {{ rounds: number }} options
 * @returns {AsyncGenerator<import("./report.mjs").Case>}
 */
export async function* runGrowth({ rounds }) {
  yield {
    title: "One more turn: append and encode",
    unit: "ms",
    results: await compare(
      {
        ...samplersOf(TURNS, "ChatTranscript", createTranscript),
        ...samplersOf([1000], "encodeChat", createEncoder),
      },
      { rounds },
    ),
    notes: ["encodeChat encodes the conversation from its beginning"],
  };
  yield {
    title: "One more turn: fit into 4096 tokens",
    unit: "ms",
    results: await compare(samplersOf(TURNS, "fitMessages", createFitter), { rounds }),
    notes: [
      "a question and an answer of 300 characters are new; the turns before them are looked up",
    ],
  };
}

/** For each number of turns, measures what one more costs, on average over some. */
function samplersOf(turns, name, create) {
  return Object.fromEntries(
    turns.map((count) => [
      `${name} after ${count} turns`,
      () => {
        const add = create(count);
        for (let turn = 0; turn < ADDED / 10; turn++) add(count + turn);
        const start = performance.now();
        for (let turn = ADDED / 10; turn < ADDED; turn++) add(count + turn);
        return (performance.now() - start) / (ADDED - ADDED / 10);
      },
    ]),
  );
}

function createTranscript(turns) {
  const transcript = new ChatTranscript({ tokenizer: createTokenizer() });
  for (const message of conversation(turns)) transcript.append(message);
  return (turn) => {
    for (const message of nextTurn(turn)) transcript.append(message);
    return transcript.encode();
  };
}

function createEncoder(turns) {
  const tokenizer = createTokenizer();
  const messages = conversation(turns);
  return (turn) => {
    messages.push(...nextTurn(turn));
    return encodeChat(messages, tokenizer);
  };
}

function createFitter(turns) {
  const tokenizer = createTokenizer();
  const messages = conversation(turns);
  return (turn) => {
    messages.push(...nextTurn(turn));
    return fitMessages(messages, { tokenizer });
  };
}
