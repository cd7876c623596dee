// Gives out the web chat's page, and answers it at a steady speed: what is measured is the page, not a model.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";

export const TOKENS = 1000;
export const TOKENS_PER_SECOND = 500;

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const PARAGRAPH =
  "Llamas **hum** to each other, and a herd of them hums back:\n\n1. when they are *curious*,\n2. when they are tired,\n3. when `grass` is near.\n\n```js\nfor (const llama of herd) {\n  llama.hum({ loud: false });\n}\n```\n\n";
/** Pieces of four characters, as tokens are on average. */
const PIECES = PARAGRAPH.repeat(40).match(/.{4}/gs).slice(0, TOKENS);

const STATE = {
  version: "0",
  needsKey: false,
  model: {
    status: "ready",
    answering: { id: "bench", source: "bench", contextSize: 4096, adapters: [] },
  },
};
const COUNT = {
  wholeTokens: 3000,
  promptTokens: 3000,
  contextSize: 4096,
  reserve: 512,
  dropped: [],
  fits: true,
};

/** Serves the page and what it asks for. */
export async function servePage(folder, { probabilities }) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/app/events") {
      response.setHeader("content-type", "text/event-stream");
      response.write(`data: ${JSON.stringify(STATE)}\n\n`);
    } else if (pathname === "/app/prompt") {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(COUNT));
    } else if (pathname === "/v1/chat/completions") {
      await answer(response, probabilities);
    } else {
      const path = pathname === "/" ? "index.html" : pathname.slice(1);
      response.setHeader("content-type", TYPES[extname(path)] ?? "text/plain");
      response.end(await readFile(new URL(path, folder)).catch(() => ""));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Writes each token when it is due: a timer that is late catches up. */
async function answer(response, probabilities) {
  response.setHeader("content-type", "text/event-stream");
  const start = performance.now();
  for (let sent = 0; sent < PIECES.length; ) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    const due = Math.floor(((performance.now() - start) / 1000) * TOKENS_PER_SECOND);
    for (; sent < Math.min(due, PIECES.length); sent++) {
      response.write(
        toEvent({ delta: { content: PIECES[sent] }, ...(probabilities && logprobs(PIECES[sent])) }),
      );
    }
  }
  response.write(toEvent({ delta: {}, finish_reason: "stop" }));
  response.end("data: [DONE]\n\n");
}

function toEvent(choice) {
  return `data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`;
}

function logprobs(token) {
  const told = { token, logprob: -0.1, bytes: [65, 66, 67, 68] };
  return { logprobs: { content: [{ ...told, top_logprobs: [told, told, told, told, told] }] } };
}
