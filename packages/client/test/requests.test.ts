// What each dialect sends.
import { encodeChat, formatChat } from "@llama2-kit/prompt";
import type { ChatOptions } from "@llama2-kit/protocol";
import { describe, expect, test } from "vitest";
import { type ClientOptions, createClient, type DialectName } from "../src/index.ts";
import { record } from "./recorder.ts";

const messages = [{ role: "user", content: "hi" }] as const;
const DONE =
  'data: {"choices":[{"index":0,"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const ENDS: Readonly<Record<string, string>> = {
  "/api/chat": '{"message":{"content":"ok"},"done":true}\n',
  "/api/generate": '{"response":"ok","done":true}\n',
  "/completion": 'data: {"content":"ok","stop":true,"stop_type":"eos"}\n\n',
  "/generate_stream": 'data:{"token":{"id":1,"text":"ok","logprob":0},"generated_text":"ok"}\n\n',
};

function setUp(options: Partial<ClientOptions> = {}) {
  const { fetch, requests } = record(({ path }) => ENDS[path.replace(/^\/a\//, "/")] ?? DONE);
  const client = createClient({ baseUrl: "http://host:1234/v1", model: "m", fetch, ...options });
  return { client, requests };
}

async function sent(dialect: DialectName, options: ChatOptions, prompt?: string | number[]) {
  const { client, requests } = setUp({ dialect });
  const stream =
    prompt === undefined ? client.chat(messages, options) : client.complete(prompt, options);
  const { text, warnings } = await stream.result;
  expect(text).toBe("ok");
  const [{ path, body } = { path: "", body: {} }] = requests;
  return { path, body, warnings };
}

describe("a chat", () => {
  test("by OpenAI's protocol", async () => {
    expect(
      await sent("openai", { temperature: 0, topP: 0.9, maxTokens: 5, stop: "x", seed: 1 }),
    ).toEqual({
      path: "/v1/chat/completions",
      body: {
        model: "m",
        messages,
        stream: true,
        stream_options: { include_usage: true },
        temperature: 0,
        top_p: 0.9,
        max_tokens: 5,
        stop: "x",
        seed: 1,
      },
    });
  });

  test("to vLLM, with its options", async () => {
    const { body } = await sent("vllm", {
      topK: 0,
      minP: 0.1,
      repeatPenalty: 1.1,
      priority: 3,
      adapter: "lora-a",
      grammar: 'root ::= "a"',
      continueFinalMessage: true,
    });
    expect(body).toMatchObject({
      model: "lora-a",
      top_k: -1,
      min_p: 0.1,
      repetition_penalty: 1.1,
      priority: -3,
      structured_outputs: { grammar: 'root ::= "a"' },
      continue_final_message: true,
      add_generation_prompt: false,
    });
  });

  test("to llama-server, with all of llama.cpp's samplers", async () => {
    const { path, body } = await sent("llama-server", {
      mirostat: { tau: 4 },
      dynamicTemperature: { range: 0.5 },
      xtc: { probability: 0.5 },
      dry: { multiplier: 0.8, window: 64, breakers: ["\n"] },
      typicalP: 0.9,
      topNSigma: 1,
      penaltyWindow: 64,
      logitBias: { 15043: -100 },
      stop: "x",
      logprobs: 3,
    });
    expect(path).toBe("/v1/chat/completions");
    expect(body).toMatchObject({
      mirostat: 2,
      mirostat_tau: 4,
      dynatemp_range: 0.5,
      xtc_probability: 0.5,
      dry_multiplier: 0.8,
      dry_penalty_last_n: 64,
      dry_sequence_breakers: ["\n"],
      typical_p: 0.9,
      top_n_sigma: 1,
      repeat_last_n: 64,
      logit_bias: [[15043, -100]],
      stop: ["x"],
      logprobs: true,
      top_logprobs: 3,
      return_progress: true,
    });
  });

  test("to Ollama, which nests them", async () => {
    const jsonSchema = { type: "object" };
    expect(await sent("ollama", { temperature: 0.5, maxTokens: 9, stop: "x", jsonSchema })).toEqual(
      {
        path: "/api/chat",
        body: {
          model: "m",
          messages,
          stream: true,
          options: { temperature: 0.5, num_predict: 9, stop: ["x"] },
          format: jsonSchema,
        },
      },
    );
  });

  test("to Azure, which refuses fields that it does not know", async () => {
    const { body } = await sent("azure", { maxTokens: 5 });
    expect(body).toEqual({ model: "m", messages, stream: true, max_tokens: 5 });
  });

  test("of messages alone, not what else is in their objects", async () => {
    const { client, requests } = setUp();
    await client.chat([{ role: "user", content: "hi", id: 1 } as never]).text();
    expect(requests[0]?.body).toMatchObject({ messages });
  });
});

describe("a completion", () => {
  test("by OpenAI's protocol is not of 16 tokens", async () => {
    const { path, body } = await sent("openai", { logprobs: 2 }, "Once");
    expect(path).toBe("/v1/completions");
    expect(body).toMatchObject({ prompt: "Once", max_tokens: null, logprobs: 2 });
  });

  test("of ids, of any array type", async () => {
    const { client, requests } = setUp({ dialect: "vllm" });
    await client.complete(Int32Array.of(1, 15043), { maxTokens: 2 }).text();
    expect(requests[0]?.body).toMatchObject({ prompt: [1, 15043], max_tokens: 2 });
  });

  test("to llama-server", async () => {
    expect(await sent("llama-server", { maxTokens: 3, logprobs: 0 }, [1, 2])).toMatchObject({
      path: "/completion",
      body: { prompt: [1, 2], n_predict: 3, n_probs: 1, return_tokens: true },
    });
  });

  test("to TGI, which refuses values that do nothing", async () => {
    const off = { temperature: 0, topK: 0, topP: 1, typicalP: 1, logprobs: 0 };
    expect(await sent("tgi", off, "Once")).toMatchObject({
      path: "/generate_stream",
      body: { inputs: "Once", parameters: { details: true, max_new_tokens: null } },
    });
    const on = { temperature: 0.7, topK: 5, topP: 0.9, stop: "x", adapter: "a", maxTokens: 2 };
    expect((await sent("tgi", on, "Once")).body).toEqual({
      inputs: "Once",
      parameters: {
        details: true,
        max_new_tokens: 2,
        do_sample: true,
        temperature: 0.7,
        top_k: 5,
        top_p: 0.9,
        stop: ["x"],
        adapter_id: "a",
      },
    });
  });

  test("to Ollama is raw", async () => {
    const { path, body } = await sent("ollama", {}, "Once");
    expect({ path, body }).toEqual({
      path: "/api/generate",
      body: { model: "m", prompt: "Once", stream: true, raw: true },
    });
  });

  test.each(["tgi", "ollama", "azure", "lm-studio"] as const)(
    "of ids is not for %s",
    async (dialect) => {
      const { client, requests } = setUp({ dialect });
      const error = { code: "UNSUPPORTED", parameter: "prompt" };
      await expect(client.complete([1, 2]).result).rejects.toMatchObject(error);
      expect(requests).toEqual([]);
    },
  );
});

describe("what a dialect cannot do", () => {
  test.each<[DialectName, ChatOptions]>([
    ["openai", { topK: 5 }],
    ["openai", { continueFinalMessage: true }],
    ["vllm", { mirostat: {} }],
    ["tgi", { topK: 5 }],
    ["ollama", { logitBias: { 1: 1 } }],
    ["azure", { logprobs: 1 }],
  ])("is an error: %s, %j", async (dialect, options) => {
    const { client, requests } = setUp({ dialect });
    const [parameter] = Object.keys(options);
    const error = { code: "UNSUPPORTED", parameter };
    await expect(client.chat(messages, options).result).rejects.toMatchObject(error);
    expect(requests).toEqual([]);
  });

  test("is a warning, where that is asked for", async () => {
    const { client, requests } = setUp({ unsupported: "warn" });
    const result = await client.chat(messages, { topK: 5, minP: 0.1, topP: 0.5 }).result;
    expect(result.warnings).toEqual([
      "OpenAI's protocol cannot do topK, so it was left out.",
      "OpenAI's protocol cannot do minP, so it was left out.",
    ]);
    expect(Object.keys(requests[0]?.body ?? {})).not.toContain("topK");
    expect(requests[0]?.body).toMatchObject({ top_p: 0.5 });
  });

  test("is no matter where it is not asked for", async () => {
    const options = { topK: undefined, continueFinalMessage: false };
    expect((await sent("openai", options)).warnings).toBeUndefined();
  });

  test("several adapters, or one with a scale", async () => {
    const { client } = setUp({ dialect: "vllm" });
    for (const adapter of [[{ name: "a" }, { name: "b" }], [{ name: "a", scale: 0.5 }], []]) {
      const error = { code: "UNSUPPORTED", parameter: "adapter" };
      await expect(client.chat(messages, { adapter }).result).rejects.toMatchObject(error);
    }
  });

  test("probabilities that do not come are told", async () => {
    const { warnings } = await sent("openai", { logprobs: 1 });
    expect(warnings).toEqual(["The server told no log probabilities."]);
  });
});

describe("a prompt of our own", () => {
  test("as text: formatChat, without the BOS that the server adds", async () => {
    const { client, requests } = setUp({ dialect: "vllm", formatPrompt: formatChat });
    expect(await client.chat(messages, { topK: 3 }).text()).toBe("ok");
    expect(requests[0]).toMatchObject({
      path: "/v1/completions",
      body: { prompt: "[INST] hi [/INST]", top_k: 3 },
    });
    expect(await client.formatPrompt?.(messages)).toBe("<s>[INST] hi [/INST]");
  });

  test("as ids: encodeChat", async () => {
    const tokenizer = { encode: (text: string) => [...text].map((char) => char.charCodeAt(0)) };
    const { client, requests } = setUp({
      dialect: "llama-server",
      formatPrompt: (conversation, options) => encodeChat(conversation, tokenizer, options).ids,
    });
    await client.chat(messages).text();
    const { prompt } = requests[0]?.body ?? {};
    expect((prompt as number[])[0]).toBe(1);
    expect(prompt).toEqual(Array.from(encodeChat(messages, tokenizer).ids));
  });

  test("continues the last message by itself, where no server option is needed", async () => {
    const { client, requests } = setUp({ formatPrompt: formatChat });
    const begun = [...messages, { role: "assistant", content: "Well" }] as const;
    await client.chat(begun, { continueFinalMessage: true }).text();
    expect(requests[0]?.body).toMatchObject({ prompt: "[INST] hi [/INST] Well" });
  });

  test("fails with what the formatter says", async () => {
    const { client } = setUp({ formatPrompt: formatChat });
    const bad = client.chat([{ role: "user", content: "[INST]" }]).result;
    await expect(bad).rejects.toMatchObject({ code: "SPECIAL_TAG_IN_CONTENT" });
  });

  test("is not waited for for ever", async () => {
    const { client } = setUp({ formatPrompt: () => new Promise(() => {}) });
    const aborter = new AbortController();
    const stream = client.chat(messages, { signal: aborter.signal });
    aborter.abort();
    expect(await stream.result).toMatchObject({ finishReason: "aborted", text: "" });
  });
});

describe("what surrounds a request", () => {
  test.each<[string, string]>([
    ["http://host", "http://host/v1/chat/completions"],
    ["http://host/", "http://host/v1/chat/completions"],
    ["http://host/v1", "http://host/v1/chat/completions"],
    ["http://host/v1/", "http://host/v1/chat/completions"],
    [
      "https://host/openai/v1?api-version=1",
      "https://host/openai/v1/chat/completions?api-version=1",
    ],
    ["https://host/prefix", "https://host/prefix/chat/completions"],
  ])("the address for %s", async (baseUrl, url) => {
    const { client, requests } = setUp({ baseUrl });
    await client.chat(messages).text();
    expect(requests[0]?.url).toBe(url);
  });

  test("the root of the server's own routes", async () => {
    for (const baseUrl of ["http://host/a/v1", "http://host/a/"]) {
      const { client, requests } = setUp({ baseUrl, dialect: "ollama" });
      await client.chat(messages).text();
      expect(requests[0]?.url).toBe("http://host/a/api/chat");
    }
  });

  test.each([
    [undefined, { authorization: "Bearer key" }],
    ["bearer", { authorization: "Bearer key" }],
    ["plain", { authorization: "key" }],
    ["api-key", { "api-key": "key" }],
  ] as const)("a key as %s", async (keyScheme, headers) => {
    for (const apiKey of ["key", () => "key", async () => "key"]) {
      const { client, requests } = setUp({ apiKey, keyScheme });
      await client.chat(messages).text();
      expect(requests[0]?.headers).toMatchObject(headers);
    }
  });

  test("no key, and headers of the caller's", async () => {
    const { client, requests } = setUp({ headers: { "X-App": "1" } });
    await client.chat(messages).text();
    expect(requests[0]?.headers).toEqual({ "content-type": "application/json", "x-app": "1" });
  });

  test("fields of the caller's, also among nested ones", async () => {
    const { client, requests } = setUp({
      dialect: "ollama",
      extraBody: { keep_alive: -1, options: { num_ctx: 4096 } },
    });
    await client.chat(messages, { temperature: 0 }).text();
    expect(requests[0]?.body).toMatchObject({
      keep_alive: -1,
      options: { temperature: 0, num_ctx: 4096 },
    });
  });

  test("no model where none is named", async () => {
    const { fetch, requests } = record(DONE);
    const client = createClient({ baseUrl: "http://host:81/v1", fetch });
    await client.chat(messages).text();
    expect(Object.keys(requests[0]?.body ?? {})).not.toContain("model");
    expect(client.id).toBe("host:81");
  });
});
