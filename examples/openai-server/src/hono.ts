// A Llama 2 in an app of Hono's: `npm run hono`.
import { criaModelPath } from "@llama2-kit/cria";
import { loadModel } from "@llama2-kit/inference";
import { createHandler } from "@llama2-kit/server";
import { serve } from "@llama2-kit/server/node";
import { endBySignal } from "./end-by-signal.ts";
import { createHonoApp } from "./hono-app.ts";
import { readSettings } from "./settings.ts";

const { model: path = criaModelPath, port } = readSettings();
const model = await loadModel({ model: path, sequences: 4 });
const handler = createHandler({ models: [model], basePath: "/llm" });

// @hono/node-server would do as well; this one ends generations whose callers stop reading.
const server = await serve(createHonoApp(handler).fetch, { port });
console.error(`${model.id} answers at ${server.url}/llm/v1`);

await endBySignal(async (deadlineMs) => {
  await handler.drain({ deadlineMs });
  await server.close({ deadlineMs: 0 });
});
await model.dispose();
