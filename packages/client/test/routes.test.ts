// What is asked besides generations; and finding out what kind of server there is.
import { describe, expect, test } from "vitest";
import { type ClientOptions, createClient } from "../src/index.ts";
import { type Recorded, record, refusal } from "./recorder.ts";

const DONE = 'data: {"choices":[{"index":0,"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\n';

function setUp(reply: Parameters<typeof record>[0], options: Partial<ClientOptions> = {}) {
  const { fetch, requests } = record(reply);
  const retries = { attempts: 1, firstDelayMs: 1 };
  return {
    client: createClient({ baseUrl: "http://x/v1", model: "m", retries, fetch, ...options }),
    requests,
  };
}

describe("models", () => {
  test("by OpenAI's protocol, with vLLM's context size", async () => {
    const data = [
      { id: "a", object: "model", created: 1, owned_by: "meta" },
      { id: "b", max_model_len: 4096 },
    ];
    const { client, requests } = setUp({ object: "list", data });
    expect(await client.models()).toEqual([{ id: "a" }, { id: "b", contextSize: 4096 }]);
    expect(requests[0]).toMatchObject({ method: "GET", path: "/v1/models" });
  });

  test("of Ollama", async () => {
    const { client, requests } = setUp({ models: [{ name: "llama2:7b" }] }, { dialect: "ollama" });
    expect(await client.models()).toEqual([{ id: "llama2:7b" }]);
    expect(requests[0]?.path).toBe("/api/tags");
  });
});

describe("embeddings", () => {
  const usage = { prompt_tokens: 5, total_tokens: 5 };

  test("in the texts' order, as numbers and in base64", async () => {
    const floats = Buffer.from(Float32Array.of(0.5, -2).buffer).toString("base64");
    const data = [
      { index: 1, embedding: floats },
      { index: 0, embedding: [1, 2] },
    ];
    const { client, requests } = setUp({ data, usage });
    expect(await client.embed(["a", "b"])).toEqual({
      vectors: [
        [1, 2],
        [0.5, -2],
      ],
      promptTokens: 5,
    });
    expect(requests[0]?.body).toEqual({ model: "m", input: ["a", "b"], encoding_format: "float" });
  });

  test("of Ollama", async () => {
    const reply = { embeddings: [[1, 2]], prompt_eval_count: 3 };
    const { client, requests } = setUp(reply, { dialect: "ollama" });
    expect(await client.embed(["a"])).toEqual({ vectors: [[1, 2]], promptTokens: 3 });
    expect(requests[0]).toMatchObject({ path: "/api/embed", body: { model: "m", input: ["a"] } });
  });

  test.each([undefined, "a", [], [1]])("of %j are refused", async (texts) => {
    const { client } = setUp({});
    await expect(client.embed(texts as never)).rejects.toMatchObject({ code: "BAD_PARAMETER" });
  });
});

describe("tokens", () => {
  test("of vLLM", async () => {
    const { client, requests } = setUp(
      ({ path }: Recorded) =>
        path === "/tokenize" ? { count: 1, tokens: [15043] } : { prompt: "Hello" },
      { dialect: "vllm" },
    );
    expect(await client.tokenize?.("Hello")).toEqual([15043]);
    expect(requests[0]?.body).toEqual({ model: "m", prompt: "Hello", add_special_tokens: false });
    expect(await client.detokenize?.(Int32Array.of(15043))).toBe("Hello");
    expect(requests[1]?.body).toEqual({ model: "m", tokens: [15043] });
  });

  test("of llama-server, and the prompt that it lays out", async () => {
    const replies: Record<string, object> = {
      "/tokenize": { tokens: [15043] },
      "/detokenize": { content: " Hello" },
      "/apply-template": { prompt: "[INST] hi [/INST]" },
    };
    const { client } = setUp(({ path }: Recorded) => replies[path] ?? {}, {
      dialect: "llama-server",
    });
    expect(await client.tokenize?.("Hello")).toEqual([15043]);
    expect(await client.detokenize?.([15043])).toBe(" Hello");
    expect(await client.formatPrompt?.([{ role: "user", content: "hi" }])).toBe(
      "[INST] hi [/INST]",
    );
  });

  test("of TGI", async () => {
    const reply = [{ id: 15043, text: " Hello", start: 0, stop: 5 }];
    const { client } = setUp(reply, { dialect: "tgi" });
    expect(await client.tokenize?.("Hello")).toEqual([15043]);
    expect(client.detokenize).toBeUndefined();
  });

  test("are absent where the servers have no route for them", () => {
    for (const dialect of ["openai", "ollama", "azure"] as const) {
      const { client } = setUp({}, { dialect });
      expect([client.tokenize, client.detokenize, client.formatPrompt]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    }
  });

  test.each([undefined, 5])("of %j are refused", async (text) => {
    const { client } = setUp({}, { dialect: "vllm" });
    await expect(client.tokenize?.(text as never)).rejects.toMatchObject({ code: "BAD_PARAMETER" });
    await expect(client.detokenize?.(text as never)).rejects.toMatchObject({
      code: "BAD_PARAMETER",
    });
  });
});

describe("a question to the server", () => {
  test("is asked again where that is of use", async () => {
    const { fetch, requests } = record(refusal(503), { data: [] });
    const retries = { attempts: 1, firstDelayMs: 1 };
    expect(await createClient({ baseUrl: "http://x", retries, fetch }).models()).toEqual([]);
    expect(requests).toHaveLength(2);
  });

  test.each([
    ["another form", {}],
    ["no JSON", () => new Response("<html>")],
  ])("whose answer has %s", async (_name, reply) => {
    await expect(setUp(reply).client.models()).rejects.toMatchObject({ code: "BAD_RESPONSE" });
  });

  test("ends with the signal, for its reason", async () => {
    const aborter = new AbortController();
    const { client, requests } = setUp(() => new Promise<never>(() => {}));
    const models = client.models({ signal: aborter.signal });
    await expect.poll(() => requests.length).toBe(1);
    aborter.abort(new Error("enough"));
    await expect(models).rejects.toThrow("enough");
    await expect(client.models({ signal: aborter.signal })).rejects.toThrow("enough");
  });

  test("times out, also in its body", async () => {
    const open = () => new Response(new ReadableStream());
    const timeouts = { connectMs: 20, idleMs: 20 };
    for (const reply of [() => new Promise<never>(() => {}), open]) {
      const { client } = setUp(reply, { timeouts, retries: 0 });
      await expect(client.models()).rejects.toMatchObject({ code: "TIMEOUT" });
    }
  });
});

describe("auto", () => {
  const owned = (owned_by: string) => ({
    "/v1/models": { object: "list", data: [{ id: "m", owned_by }] },
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["vLLM", owned("vllm"), "/v1/completions"],
    ["SGLang", owned("sglang"), "/v1/completions"],
    ["ours", owned("llama2-kit"), "/v1/completions"],
    ["llama-server", owned("llamacpp"), "/completion"],
    [
      "llama-server by its properties",
      { "/props": { default_generation_settings: {} } },
      "/completion",
    ],
    ["Ollama", { ...owned("library"), "/api/version": { version: "0.12.0" } }, "/api/generate"],
    [
      "TGI",
      { ...owned("meta-llama/x"), "/info": { model_id: "x", max_input_tokens: 4095 } },
      "/generate_stream",
    ],
    ["any other", owned("constructor"), "/v1/completions"],
    ["a web page for everything", {}, "/v1/completions"],
  ])("finds %s", async (_name, replies, path) => {
    const reply = (request: Recorded) => {
      if (request.method === "POST") return DONE;
      return (
        (replies[request.path] as object | undefined) ?? new Response("<html>", { status: 404 })
      );
    };
    const { client, requests } = setUp(reply, { dialect: "auto" });
    const stream = client.complete("Once");
    // What it makes of an answer in another form is no matter here.
    await stream.result.catch(() => {});
    expect(requests.find(({ method }) => method === "POST")?.path).toBe(path);
    await client.complete("Once").result.catch(() => {});
    const probes = requests.filter(({ path: asked }) => asked === "/v1/models");
    expect(probes).toHaveLength(1);
  });

  test("knows Azure by its address", async () => {
    const { client, requests } = setUp(DONE, {
      dialect: "auto",
      baseUrl: "https://a.eastus2.inference.ai.azure.com",
    });
    await client.chat([{ role: "user", content: "hi" }]).text();
    expect(requests).toHaveLength(1);
    expect(requests[0]?.body).not.toHaveProperty("stream_options");
  });

  test("asks once for many at the same time, and one caller's abort does not end it", async () => {
    const { client, requests } = setUp(
      ({ method }: Recorded) => (method === "POST" ? DONE : { data: [{ owned_by: "vllm" }] }),
      { dialect: "auto" },
    );
    const messages = [{ role: "user", content: "hi" }] as const;
    const aborter = new AbortController();
    const aborted = client.chat(messages, { signal: aborter.signal });
    const others = [client.chat(messages), client.chat(messages)];
    aborter.abort();
    expect(await aborted.result).toMatchObject({ finishReason: "aborted" });
    expect(await Promise.all(others.map((stream) => stream.text()))).toEqual(["ok", "ok"]);
    expect(requests.filter(({ method }) => method === "GET")).toHaveLength(1);
  });

  test("does not remember a failure", async () => {
    let isUp = false;
    const { client } = setUp(
      ({ method }: Recorded) => {
        if (!isUp) return new TypeError("down");
        return method === "POST" ? DONE : { data: [{ owned_by: "vllm" }] };
      },
      { dialect: "auto" },
    );
    const messages = [{ role: "user", content: "hi" }] as const;
    await expect(client.chat(messages).result).rejects.toMatchObject({ code: "NETWORK" });
    isUp = true;
    expect(await client.chat(messages).text()).toBe("ok");
  });

  test.each([401, 502])("does not remember what it took a %i for", async (status) => {
    let isUp = false;
    const { client, requests } = setUp(
      ({ method }: Recorded) => {
        if (method === "POST") return DONE;
        return isUp ? { data: [{ owned_by: "vllm" }] } : new Response("", { status });
      },
      { dialect: "auto", retries: 0 },
    );
    const messages = [{ role: "user", content: "hi" }] as const;
    expect(await client.chat(messages).text()).toBe("ok");
    isUp = true;
    expect(await client.chat(messages, { topK: 5 }).text()).toBe("ok");
    expect(requests.at(-1)?.body).toHaveProperty("top_k", 5);
  });

  test("tells where a server has no route", async () => {
    const { client } = setUp({ data: [{ owned_by: "sglang" }] }, { dialect: "auto" });
    await expect(client.tokenize?.("a")).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });
});
