// How long it takes to write a conversation as Llama 2's prompt.
import { Template } from "@huggingface/jinja";
import { criaModelPath } from "@llama2-kit/cria";
import { formatChat } from "@llama2-kit/prompt";
import { Llama2ChatWrapper, readGgufFileInfo } from "node-llama-cpp";
import { compareTimes } from "./compare.mjs";
import { conversation } from "./conversation.mjs";
import { runGrowth } from "./growth.mjs";
import { loadLangChain } from "./other-builders.mjs";

const notes = [
  "jinja writes the same text, with its template parsed beforehand",
  "Llama2ChatWrapper writes another text: spaces differ, and ids are named where they go",
  "ChatLlamaCpp writes another text, without BOS and EOS; it is measured where OTHERS names a folder that has it",
  "formatChat alone checks the roles, and refuses messages that hold the format's tags",
];

/**
 * @param {{ quick: boolean }} options
 * @returns {AsyncGenerator<import("./report.mjs").Case>}
 */
export async function* run({ quick }) {
  const template = new Template(await chatTemplateOfCria());
  const wrapper = new Llama2ChatWrapper();
  const langChain = await loadLangChain();
  for (const turns of [1, 10, 50, 500]) {
    const messages = conversation(turns);
    const chatHistory = messages.map(toChatHistoryItem);
    const ours = () => formatChat(messages);
    const jinja = () => template.render({ messages, bos_token: "<s>", eos_token: "</s>" });
    const theirs = () => wrapper.generateContextState({ chatHistory }).contextText.toString();
    if (jinja() !== ours()) {
      throw new Error(`jinja's text differs from formatChat's for ${turns} turns.`);
    }
    const contestants = {
      formatChat: () => finish(ours()),
      "@huggingface/jinja": () => finish(jinja()),
      "Llama2ChatWrapper of node-llama-cpp": () => finish(theirs()),
    };
    if (langChain) {
      const given = langChain.convert(messages);
      contestants["ChatLlamaCpp of LangChain"] = () => finish(langChain.build(given));
    }
    const results = await compareTimes(contestants, { rounds: quick ? 3 : 12 });
    const title = `Prompt of ${turns} ${turns === 1 ? "turn" : "turns"}, ${ours().length} characters`;
    yield { title, unit: "ms", results, notes: turns === 500 ? notes : [] };
  }
  yield* runGrowth({ rounds: quick ? 3 : 12 });
}

/** V8 joins strings when they are read, not when they are added; reading makes that part of what is measured. */
function finish(text) {
  return text.charCodeAt(text.length - 1);
}

async function chatTemplateOfCria() {
  const { metadata } = await readGgufFileInfo(criaModelPath);
  return metadata.tokenizer.chat_template;
}

/** The same message, as node-llama-cpp writes it. */
function toChatHistoryItem({ role, content }) {
  return role === "assistant"
    ? { type: "model", response: [content] }
    : { type: role, text: content };
}
