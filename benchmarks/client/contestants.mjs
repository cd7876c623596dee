// The clients that are compared. Each asks a server, reads the text piece by piece as an app would, and returns it.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { InferenceClient } from "@huggingface/inference";
import { ChatOpenAI } from "@langchain/openai";
import { createClient } from "@llama2-kit/client";
import { streamText } from "ai";
import { Ollama } from "ollama";
import OpenAI from "openai";

const messages = [{ role: "user", content: "Tell me a story about a fox." }];
const model = "llama-2-7b-chat";
const apiKey = "key";

/**
 * @param {string} server where it is, without `/v1`
 * @returns {Record<string, () => Promise<string>>} by name
 */
export function makeClients(server) {
  const baseUrl = `${server}/v1`;
  return {
    "llama2-kit": ours(createClient({ baseUrl, model, apiKey })),
    openai: byOpenAI(new OpenAI({ baseURL: baseUrl, apiKey })),
    "AI SDK": byAiSdk(createOpenAICompatible({ name: "x", baseURL: baseUrl, apiKey })),
    "@huggingface/inference": byHuggingFace(new InferenceClient(apiKey, { endpointUrl: server })),
    "@langchain/openai": byLangChain(
      new ChatOpenAI({ model, apiKey, configuration: { baseURL: baseUrl } }),
    ),
  };
}

/** The same of those that speak Ollama's own protocol. */
export function makeOllamaClients(server) {
  return {
    "llama2-kit": ours(createClient({ baseUrl: server, model, dialect: "ollama" })),
    ollama: byOllama(new Ollama({ host: server })),
  };
}

function ours(client) {
  return async () => {
    let text = "";
    for await (const piece of client.chat(messages).textStream()) text += piece;
    // The space in front is the prompt's, not the message's; the others leave it.
    return ` ${text}`;
  };
}

function byOpenAI(client) {
  return async () => {
    let text = "";
    const stream = await client.chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    return text;
  };
}

function byAiSdk(provider) {
  return async () => {
    let text = "";
    const { textStream } = streamText({ model: provider(model), messages });
    for await (const piece of textStream) text += piece;
    return text;
  };
}

function byHuggingFace(client) {
  return async () => {
    let text = "";
    const stream = client.chatCompletionStream({ model, messages });
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    return text;
  };
}

function byLangChain(chat) {
  return async () => {
    let text = "";
    for await (const chunk of await chat.stream(messages)) text += chunk.text;
    return text;
  };
}

function byOllama(client) {
  return async () => {
    let text = "";
    for await (const part of await client.chat({ model, messages, stream: true })) {
      text += part.message.content;
    }
    return text;
  };
}
