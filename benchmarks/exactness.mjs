// How many prompts the builders write exactly: `node benchmarks/exactness.mjs`. See other-builders.mjs for more of them.
import { readFileSync } from "node:fs";
import { Template } from "@huggingface/jinja";
import { encodeChat, formatChat } from "@llama2-kit/prompt";
import { renderChatTemplate } from "@llama2-kit/prompt/jinja";
import { Llama2ChatWrapper } from "node-llama-cpp";
import { loadTheirs } from "./contestants.mjs";
import { loadLangChain, loadVercel } from "./other-builders.mjs";

const fixtures = new URL("../packages/prompt/test/fixtures/", import.meta.url);
const { prompts } = JSON.parse(readFileSync(new URL("chat-golden.json", fixtures), "utf8"));
const hfTemplate = readFileSync(new URL("llama2-hf-template.jinja", fixtures), "utf8");
const model = await loadTheirs();

const jinja = new Template(hfTemplate);
const wrapper = new Llama2ChatWrapper();
const plain = { encode: (text) => model.tokenize(text, false) };

/** Each makes ids of messages, or text. */
const builders = {
  "encodeChat (ids)": (messages) => [...encodeChat(messages, plain).ids],
  formatChat: (messages) => formatChat(messages),
  "renderChatTemplate, Hugging Face's template": (messages) =>
    renderChatTemplate(hfTemplate, messages),
  "@huggingface/jinja, Hugging Face's template": (messages) =>
    jinja.render({ messages, bos_token: "<s>", eos_token: "</s>" }),
  "node-llama-cpp, Llama2ChatWrapper (ids)": (messages) =>
    wrapper
      .generateContextState({ chatHistory: messages.map(toChatHistoryItem) })
      .contextText.tokenize(model.tokenizer),
};
const langChain = await loadLangChain();
if (langChain) {
  builders["@langchain/community, ChatLlamaCpp"] = (messages) =>
    langChain.build(langChain.convert(messages));
}
const buildVercel = await loadVercel();
if (buildVercel) builders["ai@3, experimental_buildLlama2Prompt"] = buildVercel;

/** Conversations in which nothing is odd: no white space at the ends, nothing empty, no `<s>` that somebody typed. */
const ordinary = prompts.filter(({ messages }) =>
  messages.every(
    ({ content }) => /^[^\p{Z}\p{C}](.*[^\p{Z}\p{C}])?$/su.test(content) && !/<\/?s>/.test(content),
  ),
);

for (const [name, build] of Object.entries(builders)) {
  const isExact = ({ messages, ids }) => {
    try {
      return String(readAsServer(build(messages))) === String(ids);
    } catch {
      return false;
    }
  };
  const [all, plainOnes] = [prompts, ordinary].map((cases) => cases.filter(isExact).length);
  console.log(
    `${name}: ${all} of ${prompts.length}, ${plainOnes} of ${ordinary.length} ordinary ones`,
  );
}
process.exit();

/** What llama.cpp makes of a text: BOS in front where there is none, and `<s>` and `</s>` read as tokens. */
function readAsServer(prompt) {
  if (typeof prompt !== "string") return prompt;
  const ids = model.tokenize(prompt, true);
  return ids[0] === 1 ? ids : [1, ...ids];
}

function toChatHistoryItem({ role, content }) {
  return role === "assistant"
    ? { type: "model", response: [content] }
    : { type: role, text: content };
}
