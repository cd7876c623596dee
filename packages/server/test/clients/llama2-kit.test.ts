import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClientOptions, createClient } from "@llama2-kit/client";
import { encodeChat, formatChat } from "@llama2-kit/prompt";
import type { ChatMessage } from "@llama2-kit/protocol";
import { afterAll, describe, expect, test } from "vitest";
import { ggufBytes } from "../../../inference/test/support/gguf-file.ts";
import { loraFile } from "../../../inference/test/support/lora-file.ts";
import { useCria, useServer } from "../cria.ts";

const folder = mkdtempSync(join(tmpdir(), "llama2-kit-adapters-"));
afterAll(() => rmSync(folder, { recursive: true }));
const writeAdapter = (name: string, seed: number) => {
  const path = join(folder, `${name}.gguf`);
  writeFileSync(path, ggufBytes(loraFile({ seed })));
  return { name, path };
};
const adapters = [writeAdapter("noise", 1), writeAdapter("other", 2)];
const cria = useCria({ sequences: 2, adapters });
const server = useServer(() => ({ cria: cria() }), { apiKeys: ["sk-test"] });
const greedy = { temperature: 0 };
const messages: ChatMessage[] = [
  { role: "user", content: "My name is Zoe." },
  { role: "assistant", content: "Nice to meet you, Zoe!" },
  { role: "user", content: "What is my name?" },
];

/** Our client of one kind of server, for ours, which plays several. */
function connect(dialect: string, options: Partial<ClientOptions> = {}) {
  const path = dialect === "tgi" || dialect === "ollama" ? "" : "/v1";
  const baseUrl = `${server().url}${path}`;
  const common = { baseUrl, apiKey: "sk-test", model: "cria", dialect, retries: 0 };
  return createClient({ ...common, ...options } as ClientOptions);
}

test.each(["llama2-kit", "openai", "vllm", "auto"])(
  "as %s, a text without a limit is gone on with until the model ends it",
  async (dialect) => {
    const { result } = connect(dialect).complete("[INST] Tell me a story. [/INST]", greedy);
    const { finishReason, usage } = await result;
    expect(finishReason).toBe("stop");
    expect(usage.completionTokens).toBeGreaterThan(16);
  },
);

describe.each(["llama2-kit", "openai", "vllm", "sglang", "lm-studio", "ollama", "auto"])(
  "as %s",
  (dialect) => {
    test("a conversation, as a stream", async () => {
      const stream = connect(dialect).chat(messages, greedy);
      let text = "";
      for await (const piece of stream.textStream()) text += piece;
      expect(text).toBe("Your name is Zoe.");
      const { finishReason, usage } = await stream.result;
      expect(finishReason).toBe("stop");
      expect(usage.promptTokens).toBe(37);
    });

    test("a break ends the generation on the server", async () => {
      const story: ChatMessage[] = [{ role: "user", content: "Tell me a story about a fox." }];
      const stream = connect(dialect).chat(story, { ...greedy, maxTokens: 200 });
      for await (const _ of stream.textStream()) break;
      expect((await stream.result).finishReason).toBe("aborted");
      await expect.poll(() => cria().load.running, { timeout: 20_000 }).toBe(0);
    });

    test("a wrong key is told", async () => {
      const { result } = connect(dialect, { apiKey: "sk-wrong" }).chat(messages, greedy);
      await expect(result).rejects.toMatchObject({ status: 401 });
    });
  },
);

describe("with a prompt of its own", () => {
  test.each(["vllm", "openai"])("as ids, to a server as %s", async (dialect) => {
    const formatPrompt: ClientOptions["formatPrompt"] = (conversation, options) =>
      encodeChat(conversation, { encode: (text) => cria().tokenize(text) }, options).ids;
    const { text } = await connect(dialect, { formatPrompt }).chat(messages, greedy).result;
    expect(text).toBe("Your name is Zoe.");
  });

  test("as text, to one as TGI", async () => {
    const first = messages.slice(0, 1);
    const client = connect("tgi", { formatPrompt: formatChat });
    expect(await client.chat(first, greedy).text()).toContain("Zoe");
  });
});

test("models, tokens and vectors", async () => {
  const client = connect("vllm");
  expect(
    (await client.models()).map((model) => (typeof model === "string" ? model : model.id)),
  ).toContain("cria");
  expect(await client.tokenize?.("Hello")).toEqual(cria().tokenize("Hello"));
  expect(await client.detokenize?.(cria().tokenize("Hello"))).toBe("Hello");
  const { vectors } = (await client.embed?.(["a fox"])) ?? { vectors: [] };
  const direct = await cria().embed(["a fox"]);
  expect(vectors[0]?.length).toBe(direct.vectors[0]?.length);
  expect(vectors[0]?.[0]).toBeCloseTo(direct.vectors[0]?.[0] ?? 0, 4);
});

describe("as what it is", () => {
  const client = (options: Partial<ClientOptions> = {}) => connect("llama2-kit", options);

  test("is found by asking", async () => {
    const auto = connect("auto", { unsupported: "error" });
    // Of the other dialects, those that OpenAI's protocol is for have no such option.
    const { text } = await auto.chat(messages, { ...greedy, topNSigma: 1 }).result;
    expect(text).toBe("Your name is Zoe.");
  });

  test("takes every option of the contract, and tells ids, seed and probabilities", async () => {
    const options = {
      temperature: 0.8,
      topK: 20,
      topP: 0.9,
      minP: 0.05,
      typicalP: 0.95,
      topNSigma: 2,
      repeatPenalty: 1.1,
      frequencyPenalty: 0.1,
      presencePenalty: 0.1,
      penaltyWindow: 64,
      dynamicTemperature: { range: 0.2, exponent: 1 },
      xtc: { probability: 0.1, threshold: 0.2 },
      dry: { multiplier: 0.5, base: 1.75, allowedLength: 2, window: 64, breakers: ["\n"] },
      logitBias: { 5: -100 },
      stop: ["zebra"],
      maxTokens: 12,
      seed: 7,
    };
    const remote = await client().chat(messages, options).result;
    const local = await cria().chat(messages, options).result;
    expect(remote.text).toBe(local.text);
    expect(remote.tokens?.length).toBeGreaterThan(0);
    const told = await client().chat(messages, { ...greedy, logprobs: 2, maxTokens: 3 }).result;
    expect(told.logprobs?.[0]?.top).toHaveLength(2);
  });

  test("answers with several adapters at their scales", async () => {
    const adapter = [{ name: "noise", scale: 0.5 }, { name: "other" }];
    const short = { ...greedy, maxTokens: 8 };
    const remote = await client()
      .chat(messages, { ...short, adapter })
      .text();
    expect(remote).toBe(
      await cria()
        .chat(messages, { ...short, adapter })
        .text(),
    );
    expect(remote).not.toBe(await cria().chat(messages, short).text());
    const one = await client()
      .complete("Once", { ...short, adapter: "noise" })
      .text();
    expect(one).toBe(
      await cria()
        .complete("Once", { ...short, adapter: "noise" })
        .text(),
    );
  });

  test("goes on with an answer, and with a text to its end", async () => {
    const begun = [...messages, { role: "assistant", content: "Your name" } as const];
    const stream = client().chat(begun, { ...greedy, continueFinalMessage: true });
    expect(await stream.text()).toBe(" is Zoe.");
    const { usage } = await client().complete("[INST] My name is Zoe. [/INST]", greedy).result;
    expect(usage.completionTokens).toBeLessThan(16);
    const endless = { ...greedy, logitBias: { 2: -100 } };
    const long = await client().complete("Once upon a time", endless).result;
    expect(long.usage.completionTokens).toBeGreaterThan(100);
  });

  test("tells tokens, texts and prompts", async () => {
    expect(await client().tokenize?.("Hello")).toEqual(cria().tokenize("Hello"));
    expect(await client().detokenize?.(cria().tokenize("Hello"))).toBe("Hello");
    expect(await client().formatPrompt?.(messages)).toBe(formatChat(messages));
  });
});
