// How streams end: by the server, by the caller, by time; and what is tried again.
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ClientError, type ClientOptions, createClient } from "../src/index.ts";
import { createClient as createSmallClient } from "../src/openai.ts";
import { record, refusal } from "./recorder.ts";

const messages = [{ role: "user", content: "hi" }] as const;

function event(content: string, reason: string | null = null): string {
  const choice = { index: 0, delta: { content }, finish_reason: reason };
  return `data: ${JSON.stringify({ choices: [choice] })}\n\n`;
}

const ANSWER = `${event("ok", "stop")}data: [DONE]\n\n`;
const quick = { attempts: 2, firstDelayMs: 1 };

function clientOf(fetch: typeof globalThis.fetch, options: Partial<ClientOptions> = {}) {
  return createClient({ baseUrl: "http://x", retries: quick, fetch, ...options });
}

/** A body that stays open after some text. */
function openBody(text: string, onCancel: () => void = () => {}): () => Response {
  return () => {
    const start = (controller: ReadableStreamDefaultController<Uint8Array>) =>
      controller.enqueue(new TextEncoder().encode(text));
    const headers = { "content-type": "text/event-stream" };
    return new Response(new ReadableStream({ start, cancel: onCancel }), { headers });
  };
}

describe("errors of servers", () => {
  test.each<[string, number, unknown, object]>([
    [
      "a bad request",
      400,
      { error: { message: "no", type: "invalid_request_error", code: null } },
      { code: "BAD_REQUEST", message: expect.stringContaining("no") },
    ],
    [
      "a wrong key",
      401,
      {
        error: {
          message: "Invalid API key",
          type: "authentication_error",
          code: "invalid_api_key",
        },
      },
      { code: "UNAUTHORIZED", serverCode: "invalid_api_key" },
    ],
    ["a key without rights", 403, "", { code: "UNAUTHORIZED", status: 403 }],
    [
      "an unknown model",
      404,
      {
        error: {
          message: "The model 'x' does not exist",
          type: "invalid_request_error",
          code: "model_not_found",
        },
      },
      { code: "BAD_REQUEST", serverCode: "model_not_found" },
    ],
    [
      "FastAPI's form",
      422,
      { detail: [{ msg: "field required" }] },
      { code: "BAD_REQUEST", message: expect.stringContaining("field required") },
    ],
    [
      "Ollama's form",
      404,
      { error: 'model "x" not found' },
      { code: "BAD_REQUEST", message: expect.stringContaining('model "x" not found') },
    ],
    [
      "TGI's form",
      422,
      { error: "`temperature` must be strictly positive", error_type: "validation" },
      { code: "BAD_REQUEST" },
    ],
    [
      "TGI's overload",
      429,
      { error: "Model is overloaded", error_type: "overloaded" },
      { code: "OVERLOADED" },
    ],
    [
      "llama-server's loading",
      503,
      { error: { code: 503, message: "Loading model", type: "unavailable_error" } },
      { code: "OVERLOADED", retryable: true },
    ],
    [
      "Azure's content filter",
      400,
      { error: { code: "content_filter", message: "blocked", innererror: {} } },
      { code: "CONTENT_FILTER", retryable: false },
    ],
    [
      "OpenAI's context",
      400,
      {
        error: {
          message: "too long",
          type: "invalid_request_error",
          code: "context_length_exceeded",
        },
      },
      { code: "CONTEXT_OVERFLOW" },
    ],
    [
      "vLLM's context",
      400,
      {
        error: {
          message:
            "This model's maximum context length is 4096 tokens. However, you requested 5000",
          type: "BadRequestError",
          code: 400,
        },
      },
      { code: "CONTEXT_OVERFLOW" },
    ],
    [
      "llama-server's context",
      400,
      {
        error: {
          code: 400,
          message: "the request exceeds the available context size",
          type: "exceed_context_size_error",
        },
      },
      { code: "CONTEXT_OVERFLOW" },
    ],
    [
      "TGI's context",
      422,
      {
        error:
          "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000",
        error_type: "validation",
      },
      { code: "CONTEXT_OVERFLOW" },
    ],
    [
      "a web page",
      502,
      "<html><h1>Bad\n Gateway</h1></html>",
      {
        code: "SERVER_ERROR",
        status: 502,
        message: expect.stringContaining("<h1>Bad Gateway</h1>"),
      },
    ],
    ["nothing", 500, "", { code: "SERVER_ERROR", message: "The server failed with 500." }],
    ["what it cannot do at all", 501, "", { code: "SERVER_ERROR", retryable: false }],
  ])("%s", async (_name, status, body, error) => {
    const { fetch } = record(refusal(status, body));
    await expect(clientOf(fetch, { retries: 0 }).chat(messages).result).rejects.toMatchObject({
      status,
      ...error,
    });
  });

  test("keep the server's name for the request", async () => {
    const { fetch } = record(refusal(400, {}, { "x-request-id": "r1" }));
    const error = { requestId: "r1" };
    await expect(clientOf(fetch).chat(messages).result).rejects.toMatchObject(error);
  });

  test("a message is cut, whatever its length", async () => {
    const { fetch } = record(refusal(400, "x".repeat(1_000_000)));
    const error = await clientOf(fetch)
      .chat(messages)
      .result.catch((reason) => reason);
    expect(error.message.length).toBeLessThan(600);
  });

  test("a redirect is not followed, as it would carry the key away", async () => {
    const { fetch } = record(refusal(307, "", { location: "https://elsewhere/" }));
    const error = { code: "BAD_RESPONSE", message: expect.stringContaining("https://elsewhere/") };
    await expect(clientOf(fetch).chat(messages).result).rejects.toMatchObject(error);
  });

  test.each(["null", "1", '"a"', "[1]", '{"choices":[{"index":0,"logprobs":{"content":[null]}}]}'])(
    "an event of %s",
    async (data) => {
      const { fetch } = record(`data: ${data}\n\n`);
      const error = { code: "BAD_RESPONSE", partialText: "" };
      await expect(clientOf(fetch).chat(messages, { logprobs: 1 }).result).rejects.toMatchObject(
        error,
      );
    },
  );

  test.each([
    '{"choices":null}',
    '{"choices":[]}',
    '{"choices":[null]}',
    '{"choices":[{"index":0,"delta":null}]}',
    "{}",
    ' {"choices":[{"index":0,"delta":{"content":[]}}]}',
    "",
  ])("an event of %s is passed over", async (data) => {
    const { fetch } = record(`data: ${data}\n\n${ANSWER}`);
    expect(await clientOf(fetch).chat(messages).text()).toBe("ok");
  });

  test("an answer without a body", async () => {
    const { fetch } = record(() => new Response(null, { status: 200 }));
    const error = { code: "BAD_RESPONSE" };
    await expect(clientOf(fetch).chat(messages).result).rejects.toMatchObject(error);
  });

  test("a finish reason that is not known is a stop, with a warning", async () => {
    const { fetch } = record(event("ok", "toString"));
    const result = await clientOf(fetch).chat(messages).result;
    expect(result).toMatchObject({ text: "ok", finishReason: "stop" });
    expect(result.warnings).toEqual(["The server ended with an unknown reason: toString."]);
  });

  test("vLLM's abort is no end of the text", async () => {
    const { fetch } = record(event("so far") + event("", "abort"));
    const error = { code: "TRUNCATED", partialText: "so far" };
    await expect(clientOf(fetch).chat(messages).result).rejects.toMatchObject(error);
  });
});

describe("trying again", () => {
  test("until it succeeds", async () => {
    const { fetch, requests } = record(new TypeError("fetch failed"), refusal(500), ANSWER);
    expect(await clientOf(fetch).chat(messages).text()).toBe("ok");
    expect(requests).toHaveLength(3);
  });

  test("as often as it says, and no more", async () => {
    const { fetch, requests } = record(refusal(500));
    const client = clientOf(fetch, { retries: { attempts: 4, firstDelayMs: 1, maxDelayMs: 2 } });
    await expect(client.chat(messages).result).rejects.toMatchObject({ code: "SERVER_ERROR" });
    expect(requests).toHaveLength(5);
  });

  test("not where it is of no use", async () => {
    for (const status of [400, 401, 404, 422, 501]) {
      const { fetch, requests } = record(refusal(status), ANSWER);
      await expect(clientOf(fetch).chat(messages).result).rejects.toMatchObject({ status });
      expect(requests).toHaveLength(1);
    }
  });

  test("as the server says: x-should-retry", async () => {
    const no = record(refusal(500, {}, { "x-should-retry": "false" }), ANSWER);
    await expect(clientOf(no.fetch).chat(messages).result).rejects.toMatchObject({ status: 500 });
    const yes = record(refusal(400, {}, { "x-should-retry": "true" }), ANSWER);
    expect(await clientOf(yes.fetch).chat(messages).text()).toBe("ok");
  });

  test("after as long as the server says, unless that is too long", async () => {
    const short = record(refusal(429, {}, { "retry-after-ms": "2" }), ANSWER);
    expect(await clientOf(short.fetch).chat(messages).text()).toBe("ok");
    const long = record(refusal(429, {}, { "retry-after": "3600" }), ANSWER);
    const error = { code: "OVERLOADED", retryAfterMs: 3_600_000 };
    await expect(clientOf(long.fetch).chat(messages).result).rejects.toMatchObject(error);
    expect(long.requests).toHaveLength(1);
  });

  test("where a stream breaks before its first token: with an error, or with none", async () => {
    const overloaded = 'data:{"error":"Model is overloaded","error_type":"overloaded"}\n\n';
    const role = 'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n';
    for (const first of [overloaded, role, ""]) {
      const { fetch, requests } = record(first, ANSWER);
      expect(await clientOf(fetch).chat(messages).text()).toBe("ok");
      expect(requests).toHaveLength(2);
    }
  });

  test("not after the first token", async () => {
    const { fetch, requests } = record(event("so far"), ANSWER);
    const error = { code: "TRUNCATED", partialText: "so far", retryable: true };
    await expect(clientOf(fetch).chat(messages).result).rejects.toMatchObject(error);
    expect(requests).toHaveLength(1);
  });
});

describe("time", () => {
  const never = () => new Promise<never>(() => {});

  test.each([
    ["connect", never, { connectMs: 20 }, ""],
    ["firstToken", openBody(""), { firstTokenMs: 20 }, ""],
    ["firstToken", openBody(": ping\n\n"), { firstTokenMs: 20, idleMs: 5 }, ""],
    ["idle", openBody(event("so far")), { idleMs: 20, firstTokenMs: 10_000 }, "so far"],
    ["total", openBody(event("so far")), { totalMs: 20 }, "so far"],
    ["total", never, { totalMs: 20 }, ""],
    ["total", refusal(503, {}, { "retry-after": "10" }), { totalMs: 20 }, ""],
  ] as const)("%s", async (phase, reply, timeouts, partialText) => {
    const { fetch } = record(reply);
    const client = clientOf(fetch, { timeouts, retries: phase === "total" ? 2 : 0 });
    const error = { code: "TIMEOUT", phase, partialText };
    await expect(client.chat(messages).result).rejects.toMatchObject(error);
  });

  test("a proxy's pings do not count as tokens", async () => {
    const reply = () => {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode(event("so far"))),
        async pull(controller) {
          await sleep(2);
          controller.enqueue(new TextEncoder().encode(": ping\n\n"));
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    };
    const client = clientOf(record(reply).fetch, { timeouts: { idleMs: 50 } });
    await expect(client.chat(messages).result).rejects.toMatchObject({ phase: "idle" });
  });

  test("an answer that is whole is not lost to a stream that stays open", async () => {
    let cancelled = false;
    const reply = openBody(ANSWER, () => {
      cancelled = true;
    });
    expect(await clientOf(record(reply).fetch).chat(messages).text()).toBe("ok");
    await expect.poll(() => cancelled).toBe(true);
  });

  test("nor to one that breaks after the finish reason", async () => {
    const reply = () => {
      const start = (controller: ReadableStreamDefaultController<Uint8Array>) =>
        controller.enqueue(new TextEncoder().encode(event("ok", "stop")));
      const pull = () => Promise.reject(new TypeError("terminated"));
      return new Response(new ReadableStream({ start, pull }), {
        headers: { "content-type": "text/event-stream" },
      });
    };
    expect(await clientOf(record(reply).fetch).chat(messages).text()).toBe("ok");
  });

  test("the result tells how long it took", async () => {
    const { timings } = await clientOf(record(event("a") + ANSWER).fetch).chat(messages).result;
    expect(timings.totalMs).toBeGreaterThanOrEqual(timings.timeToFirstTokenMs ?? -1);
    expect(timings.timeToFirstTokenMs).toBeGreaterThan(0);
  });
});

describe("aborting", () => {
  test("before it began: nothing is sent", async () => {
    const { fetch, requests } = record(ANSWER);
    const stream = clientOf(fetch).chat(messages, { signal: AbortSignal.abort() });
    expect(await stream.result).toMatchObject({ finishReason: "aborted", text: "" });
    expect(requests).toEqual([]);
  });

  test.each([
    ["while it connects", () => new Promise<never>(() => {})],
    ["while it waits to try again", refusal(503, {}, { "retry-after": "30" })],
    ["while it waits for the first token", openBody(": ping\n\n")],
  ])("%s", async (_name, reply) => {
    const aborter = new AbortController();
    const { fetch, requests } = record(reply);
    const stream = clientOf(fetch).chat(messages, { signal: aborter.signal });
    await expect.poll(() => requests.length).toBe(1);
    aborter.abort(new Error("enough"));
    expect(await stream.result).toMatchObject({ finishReason: "aborted", text: "" });
  });

  test("keeps the text so far, what was held back included", async () => {
    const stream = clientOf(record(openBody(event(" so far "))).fetch).chat(messages);
    for await (const piece of stream.textStream()) {
      expect(piece).toBe("so far");
      break;
    }
    expect(await stream.result).toMatchObject({
      finishReason: "aborted",
      text: "so far ",
      usage: { completionTokens: 1 },
    });
  });

  test("a fetch that does not heed signals is left, and what it brings is cancelled", async () => {
    let bring = (_: Response) => {};
    let cancelled = false;
    const fetch = () =>
      new Promise<Response>((resolve) => {
        bring = resolve;
      });
    const client = clientOf(fetch, { timeouts: { connectMs: 10 }, retries: 0 });
    await expect(client.chat(messages).result).rejects.toMatchObject({ phase: "connect" });
    bring(
      openBody(ANSWER, () => {
        cancelled = true;
      })(),
    );
    await expect.poll(() => cancelled).toBe(true);
  });
});

describe("sockets", () => {
  let server: Server;
  let baseUrl: string;
  let response: ServerResponse | undefined;
  let connections = 0;
  beforeEach(async () => {
    response = undefined;
    connections = 0;
    server = createServer((request, answer) => {
      request.resume();
      response = answer;
      answer.writeHead(200, { "content-type": "text/event-stream" });
      answer.write(event("so far"));
    });
    server.on("connection", () => connections++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function firstPiece(stream: ReturnType<ReturnType<typeof createClient>["chat"]>) {
    for await (const piece of stream.textStream()) if (piece !== "") return;
  }

  const isClosed = () => response?.destroyed === true;

  test("are closed by leaving the loop", async () => {
    await firstPiece(createClient({ baseUrl }).chat(messages));
    await expect.poll(isClosed).toBe(true);
  });

  test("are closed by the signal", async () => {
    const aborter = new AbortController();
    const stream = createClient({ baseUrl }).chat(messages, { signal: aborter.signal });
    await expect.poll(() => response !== undefined).toBe(true);
    aborter.abort();
    expect(await stream.result).toMatchObject({ finishReason: "aborted" });
    await expect.poll(isClosed).toBe(true);
  });

  test("are closed by cancelling the web stream", async () => {
    const reader = createClient({ baseUrl }).chat(messages).toReadableStream().getReader();
    await reader.read();
    await reader.cancel();
    await expect.poll(isClosed).toBe(true);
  });

  test("are closed by an error in the stream, and by a timeout", async () => {
    const idle = createClient({ baseUrl, timeouts: { idleMs: 30 } }).chat(messages);
    await expect(idle.result).rejects.toMatchObject({ code: "TIMEOUT" });
    await expect.poll(isClosed).toBe(true);
    const broken = createClient({ baseUrl }).chat(messages);
    await expect.poll(isClosed).toBe(false);
    response?.write('data: {"error":{"message":"boom"}}\n\n');
    await expect(broken.result).rejects.toMatchObject({ code: "SERVER_ERROR" });
    await expect.poll(isClosed).toBe(true);
  });

  test("are used again after a whole answer", async () => {
    for (let round = 0; round < 3; round++) {
      response = undefined;
      const stream = createClient({ baseUrl }).chat(messages);
      await expect.poll(() => response !== undefined).toBe(true);
      response?.end(ANSWER);
      expect(await stream.text()).toBe("so farok");
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(connections).toBe(1);
  });

  test("that cannot be made are an error with the reason", async () => {
    await new Promise((resolve) => server.close(resolve));
    const error = await createClient({ baseUrl, retries: 0 })
      .chat(messages)
      .result.catch((reason) => reason);
    expect(error).toMatchObject({ code: "NETWORK", retryable: true });
    expect(error.message).toContain("ECONNREFUSED");
    expect(error.cause).toBeInstanceOf(TypeError);
  });
});

describe("the small client", () => {
  const small = (fetch: typeof globalThis.fetch) =>
    createSmallClient({ baseUrl: "http://x", model: "m", fetch, retries: quick });

  test("streams, tries again and ends as the large one", async () => {
    const { fetch, requests } = record(refusal(503), ANSWER);
    const model = small(fetch);
    expect(await model.chat(messages, { maxTokens: 3 }).result).toMatchObject({
      text: "ok",
      finishReason: "stop",
    });
    expect(requests).toHaveLength(2);
    expect(await small(record(ANSWER).fetch).complete("Once").text()).toBe("ok");
    expect(model.id).toBe("m");
  });

  test("refuses what the protocol cannot do, and tells errors", async () => {
    const unsupported = small(record(ANSWER).fetch).chat(messages, { topK: 5 }).result;
    await expect(unsupported).rejects.toMatchObject({ code: "UNSUPPORTED", parameter: "topK" });
    const truncated = await small(record(event("a")).fetch)
      .chat(messages)
      .result.catch((reason) => reason);
    expect(ClientError.isInstance(truncated)).toBe(true);
    expect(truncated).toMatchObject({ code: "TRUNCATED", partialText: "a" });
  });
});
