// What somebody's first TypeScript against the published packages might be. It is type-checked, not run.
import { llama2 } from "@llama2-kit/ai-sdk";
import { type Client, ClientError, createClient, toResponse } from "@llama2-kit/client";
import { createClient as createSmallClient } from "@llama2-kit/client/openai";
import { criaModelPath } from "@llama2-kit/cria";
import { loadModel } from "@llama2-kit/inference";
import { ChatLlama2 } from "@llama2-kit/langchain";
import { encodeChat, formatChat } from "@llama2-kit/prompt";
import { renderChatTemplate } from "@llama2-kit/prompt/jinja";
import { type ChatMessage, type ChatModel, Llama2KitError } from "@llama2-kit/protocol";
import { createHandler, type Handler } from "@llama2-kit/server";
import { type RunningServer, serve } from "@llama2-kit/server/node";
import { loadTokenizer } from "@llama2-kit/tokenizer";
import { createGptTokenizerFunctions } from "@llama2-kit/tokenizer/gpt";
import { llama2Tokenizer, type Tokenizer } from "@llama2-kit/tokenizer/llama2";
import {
  readDataset,
  type TrainingProgress,
  type TrainingResult,
  trainAdapter,
} from "@llama2-kit/training";
import { inspectWeights, openModel, type TensorSource, WeightsError } from "@llama2-kit/weights";

const messages: ChatMessage[] = [{ role: "user", content: "My name is Zoe." }];
export const prompt: string = formatChat(messages);
export const rendered: string = renderChatTemplate("{{ messages[0].content }}", messages);

const tokenizer: Tokenizer = llama2Tokenizer();
export const ids: Int32Array = encodeChat(messages, tokenizer).ids;

export const tokens: number = createGptTokenizerFunctions(tokenizer).countTokens("Hello you");

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

export async function askThroughHosts(model: ChatModel): Promise<string> {
  const { usage } = await llama2(model).doGenerate({ prompt: [], maxOutputTokens: 10 });
  const { text } = await new ChatLlama2({ model, maxTokens: 10 }).invoke("Hi");
  return `${usage.outputTokens.total} ${text}`;
}

export const remote: Client = createClient({
  baseUrl: "http://localhost:8000/v1",
  dialect: "vllm",
  formatPrompt: formatChat,
});
export const small: ChatModel = createSmallClient({
  baseUrl: "http://localhost:8000/v1",
  formatPrompt: (conversation, options) => encodeChat(conversation, tokenizer, options).ids,
});
export async function respond(): Promise<Response> {
  try {
    return await toResponse(remote.chat(messages));
  } catch (error) {
    return Response.json(ClientError.isInstance(error) ? error.retryAfterMs : undefined);
  }
}

export async function listen(model: ChatModel): Promise<RunningServer> {
  const handler: Handler = createHandler({ models: [model], apiKeys: ["sk-one"] });
  return serve(handler, { port: 0 });
}

export async function firstTensor(path: string): Promise<TensorSource | undefined> {
  try {
    const model = await openModel(path);
    return [...model.tensors.values()][0];
  } catch (error) {
    if (WeightsError.isInstance(error) && error.code === "BAD_GGUF") return undefined;
    throw error;
  }
}

// @ts-expect-error: types that resolved to `any` would let this pass
formatChat(42);
// @ts-expect-error: likewise
renderChatTemplate(42);
// @ts-expect-error: likewise
loadModel(42);
// @ts-expect-error: likewise
llama2(42);
// @ts-expect-error: likewise
new ChatLlama2(42);
// @ts-expect-error: likewise
createClient(42);
// @ts-expect-error: likewise
createSmallClient(42);
// @ts-expect-error: likewise
createHandler(42);
// @ts-expect-error: likewise
serve(42);
// @ts-expect-error: likewise
inspectWeights(42);
// @ts-expect-error: likewise
loadTokenizer(42);
// @ts-expect-error: likewise
createGptTokenizerFunctions(42);
// @ts-expect-error: likewise
export const wrongText: number = tokenizer.decode(ids);
// @ts-expect-error: likewise
export const wrong: number = criaModelPath;

export function teach(onProgress: (progress: TrainingProgress) => void): Promise<TrainingResult> {
  const { training: dataset } = readDataset("rows.jsonl", { tokenizer });
  return trainAdapter({ model: criaModelPath, dataset, output: "adapter.gguf", onProgress });
}
