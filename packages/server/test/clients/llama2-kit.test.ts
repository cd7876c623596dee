import { type ClientOptions, createClient } from "@llama2-kit/client";
import { encodeChat, formatChat } from "@llama2-kit/prompt";
import type { ChatMessage } from "@llama2-kit/protocol";
import { describe, expect, test } from "vitest";
import { useCria, useServer } from "../cria.ts";

const cria = useCria({ sequences: 2 });
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

describe.each(["openai", "vllm", "sglang", "lm-studio", "ollama", "auto"])("as %s", (dialect) => {
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
});

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
