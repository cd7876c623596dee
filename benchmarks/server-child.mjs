// One of the contestants of `server.mjs`, in its process.
import { createServer } from "node:http";
import { criaModelPath } from "@llama2-kit/cria";
import { createGenerationStream } from "@llama2-kit/protocol";
import { completionOf } from "./server-load.mjs";

const contestants = { engine, server, scripted, bare };
const { url, generate } = await contestants[process.argv[2]]();

process.on("message", async ({ load, cpu }) => {
  if (load) process.send(await generate(load));
  if (cpu) {
    const { user, system } = process.cpuUsage();
    process.send((user + system) / 1000);
  }
});
process.on("disconnect", () => process.exit());
process.send({ url });

async function loadCria() {
  const { loadModel } = await import("@llama2-kit/inference");
  return loadModel({ model: criaModelPath, id: "cria", gpu: false, threads: 1, sequences: 32 });
}

/** The engine, with somebody who reads every event and does nothing with it. */
async function engine() {
  const model = await loadCria();
  return {
    async generate(load) {
      const all = Array.from({ length: load.streams }, async (_, index) => {
        const { prompt, ...asked } = completionOf(index, load);
        const stream = model.complete(prompt, toOptions(asked));
        for await (const _event of stream);
        return (await stream.result).usage.completionTokens;
      });
      return (await Promise.all(all)).reduce((sum, tokens) => sum + tokens, 0);
    },
  };
}

/** What the server makes of a request's fields. */
function toOptions({ max_tokens: maxTokens, logit_bias: logitBias, ...others }) {
  return { maxTokens, logitBias, ...others };
}

async function serveModel(model) {
  const [{ createHandler }, { serve }] = await Promise.all([
    import("@llama2-kit/server"),
    import("@llama2-kit/server/node"),
  ]);
  return serve(createHandler({ models: [model] }), { port: 0 });
}

async function server() {
  return serveModel(await loadCria());
}

/** A model that only hands out a text, one piece after the other in turns of the event loop. */
function scripted() {
  const complete = (_prompt, { maxTokens, signal }) =>
    createGenerationStream(async ({ text }) => {
      for (let count = 0; count < maxTokens; count++) {
        text(" llama", [11148]);
        await turn();
      }
      const usage = { promptTokens: 3, cachedTokens: 0, completionTokens: maxTokens };
      return { finishReason: "length", usage, timings: { totalMs: 1 } };
    }, signal);
  return serveModel({ id: "scripted", complete, chat: complete });
}

/** What it takes at the least to write as many events: each was made before. */
async function bare() {
  const event = (choices, usage) =>
    `data: ${JSON.stringify({ id: "cmpl-1", object: "text_completion", created: 1, model: "bare", choices, usage })}\n\n`;
  const piece = event([{ index: 0, text: " llama", logprobs: null, finish_reason: null }], null);
  const answer = createServer(async (message, target) => {
    let body = "";
    for await (const part of message) body += part;
    if (!body.includes('"stream":true')) {
      const text = event(
        [{ index: 0, text: " llama".repeat(5), finish_reason: "length" }],
        null,
      ).slice(6);
      target
        .writeHead(200, { "content-type": "application/json", "content-length": text.length })
        .end(text);
      return;
    }
    const [, tokens] = /"max_tokens":(\d+)/.exec(body);
    target.writeHead(200, { "content-type": "text/event-stream" });
    for (let count = 0; count < Number(tokens); count++) {
      target.write(piece);
      await turn();
    }
    target.end(`${event([], { completion_tokens: Number(tokens) })}data: [DONE]\n\n`);
  });
  await new Promise((resolve) => answer.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${answer.address().port}` };
}

function turn() {
  return new Promise((resolve) => setImmediate(resolve));
}
