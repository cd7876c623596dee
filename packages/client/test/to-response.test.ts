import {
  createGenerationStream,
  type GenerationController,
  type GenerationOutcome,
  type GenerationStream,
  Llama2KitError,
} from "@llama2-kit/protocol";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { ClientError, createClient, parseServerSentEvents, toResponse } from "../src/index.ts";

const outcome: GenerationOutcome = {
  finishReason: "stop",
  usage: { promptTokens: 3, cachedTokens: 1, completionTokens: 2 },
  timings: { totalMs: 1 },
};

const say = (generate: (controller: GenerationController) => unknown): GenerationStream =>
  createGenerationStream(async (controller) => {
    await generate(controller);
    return controller.signal.aborted ? { ...outcome, finishReason: "aborted" } : outcome;
  });

const hello = () =>
  say(({ prompt, text }) => {
    prompt(3, 3);
    text("Hel");
    text("lo 🦙");
  });

async function datas(response: Response): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { data } of parseServerSentEvents(response.body)) {
    found.push(data === "[DONE]" ? data : JSON.parse(data));
  }
  return found;
}

test("writes what OpenAI's servers do", async () => {
  const response = await toResponse(hello(), { id: "c1", model: "m", headers: { "x-app": "1" } });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(response.headers.get("x-app")).toBe("1");
  const base = {
    id: "c1",
    object: "chat.completion.chunk",
    created: expect.any(Number),
    model: "m",
  };
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...base,
    choices: [{ index: 0, delta, finish_reason }],
  });
  expect(await datas(response)).toEqual([
    chunk({ role: "assistant", content: "" }),
    chunk({ content: "Hel" }),
    chunk({ content: "lo 🦙" }),
    chunk({}, "stop"),
    {
      ...base,
      choices: [],
      usage: {
        prompt_tokens: 3,
        completion_tokens: 2,
        total_tokens: 5,
        prompt_tokens_details: { cached_tokens: 1 },
      },
    },
    "[DONE]",
  ]);
});

test("leaves the usage out where that is asked for", async () => {
  const response = await toResponse(hello(), { includeUsage: false });
  expect((await datas(response)).length).toBe(5);
});

describe("is read by", () => {
  const logprobs = [{ token: 5, text: "Hi", logprob: -0.5, top: [{ text: "Ho", logprob: -2 }] }];
  const speak = () => say(({ text }) => text("Hi", [5], logprobs));
  const serve = (stream: () => GenerationStream) =>
    (async () => toResponse(stream())) as typeof fetch;
  const messages = [{ role: "user" as const, content: "hi" }];

  test("our own client, with usage and probabilities", async () => {
    const client = createClient({ baseUrl: "http://x", fetch: serve(speak) });
    expect(await client.chat(messages, { logprobs: 1 }).result).toMatchObject({
      text: "Hi",
      finishReason: "stop",
      usage: outcome.usage,
      logprobs,
    });
  });

  test("OpenAI's own client, errors in the stream included", async () => {
    const clientOf = (stream: () => GenerationStream) =>
      new OpenAI({ apiKey: "k", baseURL: "http://x/v1", fetch: serve(stream), maxRetries: 0 });
    const read = async (stream: () => GenerationStream) => {
      let text = "";
      const options = { model: "m", messages, stream: true } as const;
      for await (const chunk of await clientOf(stream).chat.completions.create(options)) {
        text += chunk.choices[0]?.delta.content ?? "";
      }
      return text;
    };
    expect(await read(hello)).toBe("Hello 🦙");
    const broken = () =>
      say(({ text }) => {
        text("Hi");
        throw new ClientError("TRUNCATED", "http://10.0.0.1 died");
      });
    await expect(read(broken)).rejects.toThrow("could not be generated");
  });
});

describe("a failure", () => {
  const fails = (error: unknown) => say(() => Promise.reject(error));

  test.each<[unknown, number, string]>([
    [new ClientError("OVERLOADED", "http://10.0.0.1 is busy"), 503, "overloaded"],
    [new ClientError("UNAUTHORIZED", "key sk-secret"), 500, "unauthorized"],
    [new ClientError("BAD_PARAMETER", "x"), 400, "bad_parameter"],
    [new ClientError("TIMEOUT", "x"), 504, "timeout"],
    [new Llama2KitError("toString", "x"), 500, "tostring"],
    [new Error("internal"), 500, ""],
  ])("before the first text has a status: %s", async (error, status, code) => {
    const response = await toResponse(fails(error));
    expect(response.status).toBe(status);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ error: { code, message: expect.any(String) } });
    for (const secret of ["10.0.0.1", "sk-secret", "internal"]) expect(text).not.toContain(secret);
  });

  test("is told in other words, if the app has some", async () => {
    const response = await toResponse(fails(new Error("x")), { describeError: () => "Oh dear." });
    expect(await response.json()).toMatchObject({ error: { message: "Oh dear." } });
  });

  test("later is told in the stream", async () => {
    const stream = say(({ text }) => {
      text("Hi");
      throw new ClientError("TRUNCATED", "http://10.0.0.1 died");
    });
    const told = await datas(await toResponse(stream));
    expect(told.slice(-2)).toEqual([
      { error: expect.objectContaining({ type: "server_error", code: "truncated" }) },
      "[DONE]",
    ]);
    expect(JSON.stringify(told)).not.toContain("10.0.0.1");
  });
});

test("cancelling the body ends the generation", async () => {
  const stream = say(async ({ text, signal }) => {
    text("Hi");
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  });
  const response = await toResponse(stream);
  await response.body?.cancel();
  expect(await stream.result).toMatchObject({ finishReason: "aborted", text: "Hi" });
});
