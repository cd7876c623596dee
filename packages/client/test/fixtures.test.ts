import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { GenerationEvent, GenerationResult } from "@llama2-kit/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClientOptions, createClient } from "../src/index.ts";
import { fetchOf } from "./chunked.ts";

const read = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

interface Fixture {
  readonly dialect: ClientOptions["dialect"];
  /** Read as a completion instead of a chat. */
  readonly completes?: boolean;
  readonly logprobs?: number;
  readonly result?: Partial<GenerationResult>;
  readonly error?: object;
  /** Events before the last. */
  readonly events?: GenerationEvent[];
}

const probability = (text: string, logprob: number, token?: number) => ({
  text,
  logprob,
  ...(token !== undefined && { token }),
});

const FIXTURES: Readonly<Record<string, Fixture>> = {
  "openai-chat.sse": {
    dialect: "openai",
    result: {
      text: "Hello",
      finishReason: "stop",
      usage: { promptTokens: 3, cachedTokens: 2, completionTokens: 6 },
    },
  },
  "vllm-chat.sse": {
    dialect: "vllm",
    logprobs: 2,
    result: {
      text: "a llama",
      finishReason: "stop",
      stopString: "\n",
      tokens: [263, 11148],
      usage: { promptTokens: 3, cachedTokens: 0, completionTokens: 2 },
      logprobs: [
        {
          ...probability(" a", -0.1),
          top: [probability(" a", -0.1), probability(" the", -2.5)],
        },
        {
          ...probability(" llama", -0.5),
          top: [probability(" llama", -0.5), probability(" cat", -1.5)],
        },
      ],
    },
  },
  "vllm-error.sse": {
    dialect: "vllm",
    error: {
      code: "SERVER_ERROR",
      status: 500,
      partialText: "a",
      serverCode: "InternalServerError",
    },
  },
  "vllm-error-flat.sse": {
    dialect: "vllm",
    error: { code: "SERVER_ERROR", status: 500, partialText: "a" },
  },
  "llama-server-chat.sse": {
    dialect: "llama-server",
    result: {
      text: "Llamas hum",
      finishReason: "length",
      usage: { promptTokens: 237, cachedTokens: 236, completionTokens: 35 },
    },
    events: [
      { type: "prompt", processedTokens: 512, promptTokens: 900 },
      { type: "prompt", processedTokens: 900, promptTokens: 900 },
      { type: "text", text: "Llamas" },
      { type: "text", text: " hum" },
    ],
  },
  "llama-server-completion.sse": {
    dialect: "llama-server",
    completes: true,
    logprobs: 2,
    result: {
      text: " the",
      finishReason: "stop",
      stopString: "END",
      seed: 42,
      tokens: [278],
      usage: { promptTokens: 18, cachedTokens: 6, completionTokens: 8 },
      logprobs: [
        {
          ...probability(" the", -0.25, 278),
          top: [probability(" the", -0.25, 278), probability(" a", -1.75, 263)],
        },
      ],
    },
  },
  "llama-server-error.sse": {
    dialect: "llama-server",
    error: { code: "SERVER_ERROR", status: 500, partialText: "Hel" },
  },
  "tgi-generate.sse": {
    dialect: "tgi",
    completes: true,
    logprobs: 2,
    result: {
      text: " Hello",
      finishReason: "stop",
      seed: 42,
      tokens: [15043, 2],
      usage: { promptTokens: 3, cachedTokens: 0, completionTokens: 2 },
      logprobs: [
        {
          ...probability(" Hello", -0.12, 15043),
          top: [probability(" Hello", -0.12, 15043), probability(" Hi", -2.5, 6324)],
        },
        { ...probability("</s>", -0.01, 2), top: [] },
      ],
    },
  },
  "tgi-overloaded.sse": {
    dialect: "tgi",
    completes: true,
    error: { code: "OVERLOADED", status: 429, serverCode: "overloaded", retryable: true },
  },
  "ollama-chat.ndjson": {
    dialect: "ollama",
    result: {
      text: "The 🦙",
      finishReason: "stop",
      usage: { promptTokens: 26, cachedTokens: 0, completionTokens: 282 },
    },
  },
  "ollama-generate.ndjson": {
    dialect: "ollama",
    completes: true,
    result: { text: " The", finishReason: "length" },
  },
  "ollama-error.ndjson": {
    dialect: "ollama",
    error: { code: "SERVER_ERROR", partialText: "The" },
  },
  "azure-chat.sse": {
    dialect: "azure",
    result: { text: "Hello", finishReason: "stop" },
  },
  "azure-filtered.sse": {
    dialect: "azure",
    result: { text: "How to", finishReason: "content-filter" },
  },
};

function ask({ dialect, completes, logprobs }: Fixture, options: Partial<ClientOptions>) {
  const client = createClient({ baseUrl: "http://x", dialect, retries: 0, ...options });
  // Some of the dialects cannot tell probabilities, and tell them all the same.
  const generate = logprobs === undefined ? {} : { logprobs };
  return completes
    ? client.complete("Once", generate)
    : client.chat([{ role: "user", content: "hi" }], generate);
}

async function check(fixture: Fixture, options: Partial<ClientOptions>): Promise<void> {
  const stream = ask(fixture, options);
  if (fixture.error) {
    await expect(stream.result).rejects.toMatchObject(fixture.error);
    return;
  }
  expect(await stream.result).toMatchObject(fixture.result ?? {});
  if (!fixture.events) return;
  const events: GenerationEvent[] = [];
  for await (const event of stream) events.push(event);
  expect(events.slice(0, -1)).toEqual(fixture.events);
}

describe.each(Object.entries(FIXTURES))("%s", (name, fixture) => {
  const bytes = read(name);
  const type = name.endsWith("ndjson") ? "application/x-ndjson" : "text/event-stream";
  const headers = { "content-type": type };

  test.each([1, 2, 3, 50, Number.POSITIVE_INFINITY])("in chunks of %d", (size) =>
    check(fixture, { fetch: fetchOf(bytes, size, { headers }) }),
  );

  test("cut in two anywhere", async () => {
    for (let at = 1; at < bytes.length; at++) {
      await check(fixture, { fetch: fetchOf(bytes, [at], { headers }) });
    }
  });
});

describe("from a server", () => {
  let server: Server;
  let baseUrl: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const name = request.url?.split("/")[1] ?? "";
      const type = name.endsWith("ndjson") ? "application/x-ndjson" : "text/event-stream";
      request.resume().on("end", () => {
        response.writeHead(200, { "content-type": type });
        response.end(read(name));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test.each(Object.entries(FIXTURES))("%s", (name, fixture) =>
    check(fixture, { baseUrl: `${baseUrl}/${name}/v1` }),
  );
});
