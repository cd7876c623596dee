// What servers, networks and callers do that mean harm, or do not know better.
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { ClientError, type ClientOptions, createClient } from "../src/index.ts";
import { createClient as createSmallClient } from "../src/openai.ts";
import { SseParser } from "../src/sse-parser.ts";
import { fetchOf } from "./chunked.ts";
import { record, refusal } from "./recorder.ts";

const messages = [{ role: "user", content: "hi" }] as const;
const SECRET = "sk-secret";

function event(content: string, reason: string | null = null): string {
  const choice = { index: 0, delta: { content }, finish_reason: reason };
  return `data: ${JSON.stringify({ choices: [choice] })}\n\n`;
}

const ANSWER = `${event("ok", "stop")}data: [DONE]\n\n`;

function clientOf(fetch: typeof globalThis.fetch, options: Partial<ClientOptions> = {}) {
  return createClient({ baseUrl: "http://x", retries: 0, fetch, ...options });
}

async function errorOf(result: Promise<unknown>): Promise<ClientError> {
  const error = await result.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!ClientError.isInstance(error)) throw new Error(`It is ${inspect(error)}.`);
  return error;
}

describe("a server", () => {
  const DEEP = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;

  test.each([
    ["with a status", refusal(500, `{"error":{"message":${DEEP}}}`), "SERVER_ERROR"],
    ["in an event", `event: error\ndata: {"message":${DEEP}}\n\n`, "SERVER_ERROR"],
    ["in a field", `error: {"message":${DEEP}}\n\n`, "SERVER_ERROR"],
    ["in data", `data: {"error":{"message":${DEEP}}}\n\n`, "SERVER_ERROR"],
  ])("tells of an error as deep as no one writes, %s", async (_, reply, code) => {
    const error = await errorOf(clientOf(record(reply).fetch).chat(messages).result);
    expect(error.code).toBe(code);
  });

  test("gives one reason for the end, and its others are not kept", async () => {
    const reasons = Array.from({ length: 50 }, (_, index) => event("", `reason ${index}`));
    const { fetch } = record(`${event("ok", "length")}${reasons.join("")}data: [DONE]\n\n`);
    const { finishReason, warnings } = await clientOf(fetch).chat(messages).result;
    expect({ finishReason, warnings }).toEqual({ finishReason: "length" });
  });

  test("writes the type of its answer in capitals", async () => {
    const page = () => new Response("<h1>", { headers: { "content-type": "Text/HTML" } });
    expect((await errorOf(clientOf(record(page).fetch).chat(messages).result)).code).toBe(
      "BAD_RESPONSE",
    );
  });

  test("refuses with a status, and does not end what it says of it", async () => {
    const start = (controller: ReadableStreamDefaultController<Uint8Array>) =>
      controller.enqueue(new TextEncoder().encode("too much to do"));
    const { fetch } = record(() => new Response(new ReadableStream({ start }), { status: 503 }));
    const error = await errorOf(clientOf(fetch).chat(messages).result);
    expect(error).toMatchObject({ code: "OVERLOADED", status: 503 });
    expect(error.message).toContain("too much to do");
  });

  test("asks for a wait in a form that is none, and in one that is", async () => {
    const headers = { "retry-after-ms": "soon", "retry-after": "7" };
    const { fetch } = record(refusal(503, {}, headers));
    expect((await errorOf(clientOf(fetch).chat(messages).result)).retryAfterMs).toBe(7000);
  });

  test.each([1, 1000])("sends a line without end, in chunks of %i", (size) => {
    const parser = new SseParser({ event: () => {} }, 200_000);
    const chunk = new Uint8Array(size).fill(97);
    const feed = () => {
      for (let sent = 0; sent <= 200_000; sent += size) parser.push(chunk);
    };
    expect(feed).toThrow("more than 200000 characters");
  });
});

describe("a key is not told", () => {
  const makers = [
    ["the client", createClient],
    ["the small client", createSmallClient],
  ] as const;

  test.each(makers)("where %s is given one that cannot be sent", async (_, create) => {
    const { fetch } = record(ANSWER);
    for (const key of [`${SECRET}\nx: y`, `${SECRET}\u{2028}`, `${SECRET}\0`]) {
      const model = create({ baseUrl: "http://x", fetch, apiKey: () => key });
      const error = await errorOf(model.chat(messages).result);
      expect(error.code).toBe("UNAUTHORIZED");
      expect(inspect(error, { depth: 9 })).not.toContain(SECRET);
    }
  });

  test("but sent without the newline that ends its file", async () => {
    const { fetch, requests } = record(ANSWER);
    const model = createClient({ baseUrl: "http://x", fetch, apiKey: `${SECRET}\n` });
    await model.chat(messages).text();
    expect(requests[0]?.headers).toMatchObject({ authorization: `Bearer ${SECRET}` });
  });

  test.each([
    ["a web page", () => new Response("<h1>", { headers: { "content-type": "text/html" } })],
    ["a redirect", refusal(302, "", { location: "/login" })],
    ["nothing", () => new Response(null, { status: 204 })],
    ["an error", new TypeError("down")],
  ])("where the address has it, and %s is the answer", async (_, reply) => {
    const baseUrl = `http://x/v1?key=${SECRET}`;
    const error = await errorOf(clientOf(record(reply).fetch, { baseUrl }).chat(messages).result);
    expect(inspect(error, { depth: 9 })).not.toContain(SECRET);
  });

  test.each(makers)("by %s where it is a password in the address", async (_, create) => {
    const baseUrl = `http://me:${SECRET}@localhost:1/v1`;
    const run = async () => create({ baseUrl, retries: 0 }).chat(messages).result;
    const error = await errorOf(run());
    expect(error.code).toBe("BAD_PARAMETER");
    expect(inspect(error, { depth: 9 })).not.toContain(SECRET);
  });
});

test("what is changed after the call is not sent", async () => {
  const { fetch, requests } = record(ANSWER);
  const history = [{ role: "user", content: "hi" }] as { role: "user"; content: string }[];
  const options = { stop: ["a"], maxTokens: 5 };
  const ids = new Int32Array([1, 2]);
  const chat = clientOf(fetch).chat(history, options);
  const completion = clientOf(fetch).complete(ids);
  history[0] = { role: "user", content: "changed" };
  history.push({ role: "user", content: "added" });
  options.maxTokens = 6;
  ids.fill(7);
  await Promise.all([chat.result, completion.result]);
  expect(requests.map(({ body: { messages: sent, prompt } }) => sent ?? prompt)).toEqual([
    [{ role: "user", content: "hi" }],
    [1, 2],
  ]);
  expect(requests[0]?.body).toHaveProperty("max_tokens", 5);
});

test("a stream that goes on after its end is left", async () => {
  let timer: ReturnType<typeof setInterval> | undefined;
  const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const encoder = new TextEncoder();
    controller.enqueue(encoder.encode(event("ok", "stop")));
    timer = setInterval(() => controller.enqueue(encoder.encode('data: {"choices":[]}\n\n')), 200);
  };
  const cancel = () => clearInterval(timer);
  const headers = { "content-type": "text/event-stream" };
  const { fetch } = record(() => new Response(new ReadableStream({ start, cancel }), { headers }));
  expect(await clientOf(fetch).chat(messages).text()).toBe("ok");
}, 15_000);

test("a fetch that throws whatever it likes", async () => {
  for (const thrown of [undefined, null, 0, "down", Symbol("down"), {}, Object.create(null)]) {
    const fetch = (() => {
      throw thrown;
    }) as typeof globalThis.fetch;
    expect((await errorOf(clientOf(fetch).chat(messages).result)).code).toBe("NETWORK");
  }
});

test("bytes that are no text come out as replacements, and NUL as itself", async () => {
  const [start, end] = event("A", "stop").split("A") as [string, string];
  const encoder = new TextEncoder();
  const bytes = [...encoder.encode(start), 0xff, 0xc3, ...encoder.encode(end)];
  for (const size of [1, 2, 1000]) {
    const text = await clientOf(fetchOf(new Uint8Array(bytes), size))
      .chat(messages)
      .text();
    expect(text).toBe("\ufffd\ufffd");
  }
  expect(
    await clientOf(record(event("\0", "stop")).fetch)
      .chat(messages)
      .text(),
  ).toBe("\0");
});
