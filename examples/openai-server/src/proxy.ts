// Hides another server's key: `UPSTREAM=http://localhost:8000/v1 UPSTREAM_KEY=… MODEL=llama-2-7b-chat API_KEYS=a,b npm run proxy`.
import { createClient } from "@llama2-kit/client";
import { createHandler } from "@llama2-kit/server";
import { serve } from "@llama2-kit/server/node";
import { endBySignal } from "./end-by-signal.ts";
import { readSettings } from "./settings.ts";

const { UPSTREAM: baseUrl, UPSTREAM_KEY: apiKey, MODEL: name } = process.env;
if (!baseUrl || !name)
  throw new Error("Set UPSTREAM to the server's address, and MODEL to a model of its.");
const { port, apiKeys } = readSettings();

const model = createClient({ baseUrl, model: name, dialect: "auto", ...(apiKey && { apiKey }) });
const handler = createHandler({ models: [model], ...(apiKeys && { apiKeys }) });
const server = await serve(handler, { port });
console.error(`${model.id} answers at ${server.url}/v1`);

await endBySignal((deadlineMs) => server.close({ deadlineMs }));
