// Builders whose packages bring too much to have them in every checkout. Install them somewhere, and say where:
//
//   npm install --prefix others --legacy-peer-deps @langchain/community@1.1.29 @langchain/core@1.4.0 \
//     ai@3.4.33 node-llama-cpp@3.21.1 zod
//   OTHERS=others npm run bench -- prompt
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.env.OTHERS;
const load = (path) => import(pathToFileURL(resolve(folder, "node_modules", path)).href);

/** LangChain's builder of Llama 2 prompts, and what makes its messages; undefined where it is not installed. */
export async function loadLangChain() {
  if (!folder) return undefined;
  const { ChatLlamaCpp } = await load("@langchain/community/dist/chat_models/llama_cpp.js");
  const { coerceMessageLikeToMessage } = await load("@langchain/core/dist/messages/index.js");
  return {
    convert: (messages) => messages.map((message) => coerceMessageLikeToMessage(message)),
    build: (messages) => ChatLlamaCpp.prototype._buildPrompt(messages),
  };
}

/** The builder that Vercel's AI SDK had up to version 3; undefined where it is not installed. */
export async function loadVercel() {
  if (!folder) return undefined;
  const { experimental_buildLlama2Prompt } = await load("ai/prompts/dist/index.mjs");
  return experimental_buildLlama2Prompt;
}
