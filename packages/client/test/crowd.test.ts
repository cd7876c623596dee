// A thousand streams at once: a third is aborted, a tenth is cut in the middle of an event.
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ClientError, createClient } from "../src/index.ts";
import { Random } from "./random.ts";

const STREAMS = 1_000;
const PIECES = 12;

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);
beforeAll(() => void process.on("unhandledRejection", note));
afterAll(() => void process.off("unhandledRejection", note));

type Fate = "whole" | "aborted" | "cut";

const event = (content: string, reason: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: reason }] })}\n\n`;

/** The pieces that a stream's text is made of; each names the stream, so that no text can come into another's. */
const piece = (stream: string, index: number) => ` ${stream}.${index}`;

test("a thousand streams", async () => {
  const sockets = new Set<Socket>();
  let open = 0;
  const server = createServer(async (request, response) => {
    open++;
    response.on("close", () => open--);
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const name: string = JSON.parse(body).messages[0].content;
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let index = 0; index < PIECES && !response.destroyed; index++) {
      response.write(event(piece(name, index)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (name.startsWith("aborted")) return;
    if (name.startsWith("cut")) {
      response.write('data: {"choices":[{"index":0,"del', () => response.socket?.destroy());
      return;
    }
    response.end(`${event("", "stop")}data: [DONE]\n\n`);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) =>
    server.listen({ port: 0, host: "127.0.0.1", backlog: 2 * STREAMS }, resolve),
  );
  const { port } = server.address() as AddressInfo;
  const client = createClient({ baseUrl: `http://127.0.0.1:${port}`, retries: 0 });
  const random = new Random(1);

  const run = async (fate: Fate, index: number): Promise<string> => {
    const name = `${fate}${index}`;
    const aborter = new AbortController();
    const stream = client.chat([{ role: "user", content: name }], { signal: aborter.signal });
    const abortAt = 1 + random.below(PIECES);
    let pieces = "";
    let count = 0;
    try {
      for await (const text of stream.textStream()) {
        pieces += text;
        if (fate !== "aborted" || ++count < abortAt) continue;
        if (index % 2 === 0) break;
        aborter.abort();
      }
      const { text, finishReason } = await stream.result;
      // After a break the loop has seen less than had come.
      expect(text.startsWith(pieces)).toBe(true);
      return `${finishReason} ${text}`;
    } catch (error) {
      if (!ClientError.isInstance(error)) throw error;
      expect(error.partialText).toBe(pieces);
      return `${error.code} ${error.partialText}`;
    }
  };

  const fates = Array.from({ length: STREAMS }, (_, index): Fate => {
    if (index % 3 === 0) return "aborted";
    return index % 10 === 1 ? "cut" : "whole";
  });
  const outcomes = await Promise.all(fates.map(run));

  for (const [index, outcome] of outcomes.entries()) {
    const fate = fates[index] as Fate;
    const all = Array.from({ length: PIECES }, (_, at) => piece(`${fate}${index}`, at))
      .join("")
      .trimStart();
    if (fate === "whole") expect(outcome).toBe(`stop ${all}`);
    if (fate === "cut") expect(outcome).toBe(`NETWORK ${all}`);
    if (fate !== "aborted") continue;
    expect(outcome).toMatch(/^aborted ./);
    expect(all.startsWith(outcome.slice("aborted ".length))).toBe(true);
  }

  await expect.poll(() => open, { timeout: 20_000 }).toBe(0);
  // Connections of whole answers are kept for the next request, and so are those that fetch opened and had no use for.
  const closeIdle = () => {
    server.closeIdleConnections();
    return sockets.size;
  };
  await expect.poll(closeIdle, { timeout: 20_000 }).toBe(0);
  await new Promise((resolve) => server.close(resolve));
  expect(unhandled).toEqual([]);
});
