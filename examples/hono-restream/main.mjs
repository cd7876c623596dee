// A backend that asks a model for its callers, with a prompt that they cannot change, and streams the answer on:
//   node main.mjs
//   UPSTREAM=http://localhost:8000/v1 UPSTREAM_KEY=… MODEL=llama-2-7b-chat node main.mjs
import { createClient, toResponse } from "@llama2-kit/client";
import { criaModelPath } from "@llama2-kit/cria";
import { loadModel } from "@llama2-kit/inference";
import { serve } from "@llama2-kit/server/node";
import { Hono } from "hono";

const { PORT = "3000", UPSTREAM, UPSTREAM_KEY, MODEL } = process.env;

// A model elsewhere, whose key stays here; or one in this process. The rest is the same for both.
const model = UPSTREAM
  ? createClient({ baseUrl: UPSTREAM, apiKey: UPSTREAM_KEY, model: MODEL })
  : await loadModel({ model: criaModelPath, sequences: 4 });

const LONGEST_QUESTION = 1000;

const app = new Hono();

app.post("/ask", async (context) => {
  const { question } = await context.req.json().catch(() => ({}));
  if (typeof question !== "string" || question.length > LONGEST_QUESTION) {
    return context.json({ error: "There must be a question of at most 1000 characters." }, 400);
  }
  const messages = [
    { role: "system", content: "Answer in capital letters." },
    { role: "user", content: question },
  ];
  // Who leaves ends the generation.
  const { signal } = context.req.raw;
  return toResponse(model.chat(messages, { temperature: 0, maxTokens: 200, signal }));
});

const server = await serve(app.fetch, { port: Number(PORT) });
console.error(`Ask at ${server.url}/ask`);

process.once("SIGINT", async () => {
  await server.close({ deadlineMs: 0 });
  await model.dispose?.();
});
