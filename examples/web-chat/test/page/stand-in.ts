import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll } from "vitest";

/** The key that it asks for. */
export const RIGHT_KEY = "sk-right";

/** What it answers, a word at a time. */
export const SAYS = "I am **not** ours.";

/** Somebody else's server of OpenAI's protocol, as small as one can be. */
export interface StandIn {
  readonly url: string;
  /** What it was asked for, without preflights. */
  readonly asked: readonly { readonly path: string; readonly body: Record<string, unknown> }[];
}

/**
 * Starts one for a file of tests. Its model `parrot` says {@link SAYS}, `busy` refuses, `broken` fails mid-answer, and
 * `slow` says it again and again.
 *
 * @param origins - whom it allows to ask it; without, it has never heard of CORS
 */
export function useStandIn(origins?: "*"): () => StandIn {
  let server: Server;
  const asked: StandIn["asked"][number][] = [];
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      if (origins) {
        response.setHeader("access-control-allow-origin", origins);
        response.setHeader("access-control-allow-headers", "authorization, content-type");
      }
      if (request.method === "OPTIONS") return void response.writeHead(origins ? 204 : 405).end();
      const body = JSON.parse((await textOf(request)) || "{}");
      asked.push({ path: request.url ?? "", body });
      await answer(request, body, response);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return () => ({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked });
}

async function answer(
  { url, headers }: IncomingMessage,
  { model }: { model?: string },
  response: ServerResponse,
): Promise<void> {
  if (headers.authorization !== `Bearer ${RIGHT_KEY}`) return fail(response, 401, "Wrong key.");
  if (url === "/v1/models") {
    const data = ["parrot", "busy", "broken", "slow"].map((id) => ({ id, object: "model" }));
    return void response.end(JSON.stringify({ object: "list", data }));
  }
  if (url !== "/v1/chat/completions") return fail(response, 404, "There is nothing.");
  if (model === "busy") return fail(response, 429, "Come back later.");
  response.setHeader("content-type", "text/event-stream");
  const text = model === "slow" ? `${SAYS} `.repeat(1000) : SAYS;
  for (const content of text.split(/(?= )/)) {
    const choice = { index: 0, delta: { content }, finish_reason: null };
    response.write(`data: ${JSON.stringify({ model, choices: [choice] })}\n\n`);
    await sleep(model === "slow" ? 100 : 5);
    if (response.closed) return;
    if (model === "broken") {
      const error = { message: "The parrot has flown away.", type: "server_error" };
      return void response.end(`data: ${JSON.stringify({ error })}\n\n`);
    }
  }
  const end = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
  response.end(`data: ${JSON.stringify(end)}\n\ndata: [DONE]\n\n`);
}

function fail(response: ServerResponse, status: number, message: string): void {
  response.statusCode = status;
  response.end(JSON.stringify({ error: { message, type: "error" } }));
}
