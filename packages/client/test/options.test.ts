import type { ChatOptions } from "@llama2-kit/protocol";
import { Llama2KitError } from "@llama2-kit/protocol";
import { describe, expect, test } from "vitest";
import { ClientError, type ClientOptions, createClient } from "../src/index.ts";
import { record } from "./recorder.ts";

const messages = [{ role: "user", content: "hi" }] as const;

function errorOf(options: unknown): ClientError {
  try {
    createClient(options as ClientOptions);
  } catch (error) {
    if (ClientError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a client is refused", () => {
  test.each<[string, unknown, string?]>([
    ["without options", undefined, "options"],
    ["with null", null, "options"],
    ["without an address", {}, "baseUrl"],
    ["with an empty address", { baseUrl: "" }],
    ["with no address in a list", { baseUrl: [] }],
    ["with a bad one in a list", { baseUrl: ["http://x", 1] }],
    ["with no address of HTTP", { baseUrl: "ftp://x" }],
    ["with a bare host", { baseUrl: "localhost:8000" }],
    ["with a password in the address", { baseUrl: "http://user:secret@x" }],
    ["with an unknown option", { baseUrl: "http://x", apikey: "k" }, "apikey"],
    ["with an unknown dialect", { baseUrl: "http://x", dialect: "toString" }, "dialect"],
    ["with a key of another type", { baseUrl: "http://x", apiKey: 5 }, "apiKey"],
    ["with an unknown key scheme", { baseUrl: "http://x", keyScheme: "basic" }, "keyScheme"],
    [
      "with a header that cannot be sent",
      { baseUrl: "http://x", headers: { "a b": "c" } },
      "headers",
    ],
    ["with a fetch that is none", { baseUrl: "http://x", fetch: {} }, "fetch"],
    ["with an unknown timeout", { baseUrl: "http://x", timeouts: { connect: 1 } }, "connect"],
    [
      "with a negative timeout",
      { baseUrl: "http://x", timeouts: { idleMs: -1 } },
      "timeouts.idleMs",
    ],
    [
      "with a timeout of NaN",
      { baseUrl: "http://x", timeouts: { idleMs: Number.NaN } },
      "timeouts.idleMs",
    ],
    ["with retries of NaN", { baseUrl: "http://x", retries: Number.NaN }, "retries"],
    ["with retries of a text", { baseUrl: "http://x", retries: "2" }, "retries"],
    ["with an unknown field of retries", { baseUrl: "http://x", retries: { count: 1 } }, "count"],
    [
      "with another word for unsupported",
      { baseUrl: "http://x", unsupported: "ignore" },
      "unsupported",
    ],
    [
      "with a prompt in place of a formatter",
      { baseUrl: "http://x", formatPrompt: "[INST]" },
      "formatPrompt",
    ],
    ["with fields that are none", { baseUrl: "http://x", extraBody: [] }, "extraBody"],
  ])("%s", (_name, options, parameter = "baseUrl") => {
    expect(errorOf(options)).toMatchObject({ code: "BAD_PARAMETER", parameter });
  });

  test("without its key being told", () => {
    const error = errorOf({ baseUrl: "http://x", apiKey: "secret\nkey" });
    expect(error.parameter).toBe("apiKey");
    expect(JSON.stringify(error) + error.message + error.stack).not.toContain("secret");
  });
});

test("no limit is a limit of Infinity; undefined is the default", async () => {
  const { fetch } = record(
    'data: {"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\n',
  );
  const timeouts = {
    connectMs: Infinity,
    firstTokenMs: undefined,
    idleMs: 1e12,
    totalMs: Infinity,
  };
  const client = createClient({
    baseUrl: "http://x",
    fetch,
    timeouts,
    retries: { attempts: undefined },
  });
  expect(await client.chat(messages).text()).toBe("ok");
});

describe("a generation is refused, before anything is sent", () => {
  const bad: [string, unknown][] = [
    ["temperature", -1],
    ["temperature", "1"],
    ["temperature", Number.NaN],
    ["topP", 0],
    ["topP", 1.1],
    ["topK", 1.5],
    ["minP", 2],
    ["typicalP", 0],
    ["topNSigma", -1],
    ["repeatPenalty", 0],
    ["frequencyPenalty", 3],
    ["presencePenalty", -3],
    ["maxTokens", 0],
    ["maxTokens", Infinity],
    ["seed", -1],
    ["seed", 2 ** 32 - 1],
    ["logprobs", -1],
    ["priority", Number.NaN],
    ["stop", ""],
    ["stop", [1]],
    ["grammar", 5],
    ["jsonSchema", "{}"],
    ["adapter", [{ scale: 1 }]],
    ["adapter", [{ name: "a", scale: "1" }]],
    ["logitBias", { a: 1 }],
    ["logitBias", { 1: 101 }],
    ["continueFinalMessage", "yes"],
    ["signal", {}],
    ["dynamicTemperature", {}],
    ["dynamicTemperature", 1],
    ["mirostat", { tau: 0 }],
    ["xtc", { threshold: 0.1 }],
    ["dry", { multiplier: 1, allowedLength: 0 }],
    ["dry", { multiplier: 1, breakers: [""] }],
    ["mirostat", { mode: 2 }],
    ["max_tokens", 5],
  ];

  test.each(bad)("%s: %j", async (name, value) => {
    const { fetch, requests } = record("");
    const client = createClient({ baseUrl: "http://x", dialect: "llama-server", fetch });
    const error = await client
      .chat(messages, { [name]: value } as ChatOptions)
      .result.catch((reason) => reason);
    expect(error.code).toBe("BAD_PARAMETER");
    expect(`${error.parameter} ${error.message}`).toContain(name);
    expect(requests).toEqual([]);
  });

  test.each<[string, unknown]>([
    ["undefined", undefined],
    ["nothing", []],
    ["a text", "hi"],
    ["null among them", [null]],
    ["no role", [{ content: "hi" }]],
    ["parts", [{ role: "user", content: [{ type: "text", text: "hi" }] }]],
  ])("messages: %s", async (_name, conversation) => {
    const client = createClient({ baseUrl: "http://x", fetch: record("").fetch });
    const error = { code: "BAD_PARAMETER" };
    await expect(client.chat(conversation as never).result).rejects.toMatchObject(error);
  });

  test.each<[string, unknown]>([
    ["null", null],
    ["undefined", undefined],
    ["an object", {}],
    ["a negative id", [-1]],
    ["a fraction", [1.5]],
    ["a text among ids", ["1"]],
  ])("prompt: %s", async (_name, prompt) => {
    const client = createClient({ baseUrl: "http://x", fetch: record("").fetch });
    const error = { code: "BAD_PARAMETER" };
    await expect(client.complete(prompt as never).result).rejects.toMatchObject(error);
  });

  test("options of null", async () => {
    const client = createClient({ baseUrl: "http://x", fetch: record("").fetch });
    const error = { code: "BAD_PARAMETER", parameter: "options" };
    await expect(client.chat(messages, null as never).result).rejects.toMatchObject(error);
  });

  test("a grammar and a schema", async () => {
    const client = createClient({ baseUrl: "http://x", dialect: "vllm", fetch: record("").fetch });
    const error = { code: "BAD_PARAMETER", parameter: "grammar" };
    const { result } = client.chat(messages, { grammar: "x", jsonSchema: {} });
    await expect(result).rejects.toMatchObject(error);
  });

  test("fields that are no JSON", async () => {
    const extraBody = { a: 1n };
    const client = createClient({ baseUrl: "http://x", extraBody, fetch: record("").fetch });
    const error = { code: "BAD_PARAMETER" };
    await expect(client.chat(messages).result).rejects.toMatchObject(error);
  });

  test.each([() => Promise.reject(new Error("no")), () => 5 as never, () => "a\nb"])(
    "a key that cannot be had: %s",
    async (apiKey) => {
      const client = createClient({ baseUrl: "http://x", apiKey, fetch: record("").fetch });
      const error = { code: "UNAUTHORIZED" };
      await expect(client.chat(messages).result).rejects.toMatchObject(error);
    },
  );
});

test("errors are ours, whichever copy made them", () => {
  const error = errorOf({});
  expect(Llama2KitError.isInstance(error)).toBe(true);
  expect(error).toMatchObject({ name: "ClientError", retryable: false, partialText: "" });
  expect(ClientError.isInstance(new Error("x"))).toBe(false);
});
