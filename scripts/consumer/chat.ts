// What somebody's first TypeScript against the published packages might be. It is type-checked, not run.
import { criaModelPath } from "@llama2-kit/cria";
import { loadModel } from "@llama2-kit/inference";
import { encodeChat, formatChat } from "@llama2-kit/prompt";
import { renderChatTemplate } from "@llama2-kit/prompt/jinja";
import { type ChatMessage, type ChatModel, Llama2KitError } from "@llama2-kit/protocol";
import { createHandler, type Handler } from "@llama2-kit/server";
import { type RunningServer, serve } from "@llama2-kit/server/node";
import { loadTokenizer } from "@llama2-kit/tokenizer";
import { llama2Tokenizer, type Tokenizer } from "@llama2-kit/tokenizer/llama2";

const messages: ChatMessage[] = [{ role: "user", content: "My name is Zoe." }];
export const prompt: string = formatChat(messages);
export const rendered: string = renderChatTemplate("{{ messages[0].content }}", messages);

const tokenizer: Tokenizer = llama2Tokenizer();
export const ids: Int32Array = encodeChat(messages, tokenizer).ids;

export async function chat(): Promise<string> {
  const model = await loadModel({ model: criaModelPath, gpu: false, threads: 1 });
  const any: ChatModel = model;
  try {
    return await any.chat(messages, { temperature: 0 }).text();
  } catch (error) {
    return Llama2KitError.isInstance(error) ? error.code : "unknown";
  } finally {
    await model.dispose();
  }
}

export async function listen(model: ChatModel): Promise<RunningServer> {
  const handler: Handler = createHandler({ models: [model], apiKeys: ["sk-one"] });
  return serve(handler, { port: 0 });
}

// @ts-expect-error: types that resolved to `any` would let this pass
formatChat(42);
// @ts-expect-error: likewise
renderChatTemplate(42);
// @ts-expect-error: likewise
loadModel(42);
// @ts-expect-error: likewise
createHandler(42);
// @ts-expect-error: likewise
serve(42);
// @ts-expect-error: likewise
loadTokenizer(42);
// @ts-expect-error: likewise
export const wrongText: number = tokenizer.decode(ids);
// @ts-expect-error: likewise
export const wrong: number = criaModelPath;
