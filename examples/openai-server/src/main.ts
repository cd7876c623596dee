// A Llama 2 behind OpenAI's API: `npm start`, or `npm start -- path/to/llama-2-7b-chat.Q4_K_M.gguf`.
import { criaModelPath } from "@llama2-kit/cria";
import { loadModel } from "@llama2-kit/inference";
import { createHandler } from "@llama2-kit/server";
import { serve } from "@llama2-kit/server/node";
import { endBySignal } from "./end-by-signal.ts";
import { readSettings } from "./settings.ts";

const { model: path = criaModelPath, port, apiKeys } = readSettings();

const model = await loadModel({ model: path, sequences: 4 });

const handler = createHandler({
  models: [model],
  ...(apiKeys && { apiKeys }),
  log: (entry) => console.log(JSON.stringify(entry)),
});
const server = await serve(handler, { port });
console.error(`${model.id} answers at ${server.url}/v1`);

await endBySignal((deadlineMs) => server.close({ deadlineMs }));
await model.dispose();
