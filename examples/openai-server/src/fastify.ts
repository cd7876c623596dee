// A Llama 2 in an app of Fastify's: `npm run fastify`.
import { criaModelPath } from "@llama2-kit/cria";
import { loadModel } from "@llama2-kit/inference";
import { createHandler } from "@llama2-kit/server";
import { endBySignal } from "./end-by-signal.ts";
import { createFastifyApp } from "./fastify-app.ts";
import { readSettings } from "./settings.ts";

const { model: path = criaModelPath, port } = readSettings();
const model = await loadModel({ model: path, sequences: 4 });
const handler = createHandler({ models: [model], basePath: "/llm" });

const app = createFastifyApp(handler);
const url = await app.listen({ port, host: "127.0.0.1" });
console.error(`${model.id} answers at ${url}/llm/v1`);

await endBySignal(async (deadlineMs) => {
  await handler.drain({ deadlineMs });
  await app.close();
});
await model.dispose();
