import type { LanguageModelV3CallOptions } from "@ai-sdk/provider";
import {
  generateText,
  jsonSchema,
  type ModelMessage,
  tool,
  UnsupportedFunctionalityError,
} from "ai";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { scriptedModel } from "../../protocol/test/scripted-model.ts";
import { type Llama2ProviderOptions, llama2 } from "../src/index.ts";

beforeAll(() => vi.stubGlobal("AI_SDK_LOG_WARNINGS", false));
afterAll(() => vi.unstubAllGlobals());

const tools = {
  weather: tool({ inputSchema: jsonSchema<object>({ type: "object" }), execute: async () => 20 }),
};

describe("settings", () => {
  test("every setting of the SDK arrives under our name", async () => {
    const model = scriptedModel([["Yes."]]);
    const { signal } = new AbortController();
    await generateText({
      model: llama2(model),
      prompt: "Hi",
      maxOutputTokens: 50,
      temperature: 0.5,
      topP: 0.9,
      topK: 30,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      stopSequences: ["\n", "END"],
      seed: 7,
      abortSignal: signal,
      providerOptions: {
        llama2: { minP: 0.05, mirostat: { tau: 5 } } satisfies Llama2ProviderOptions,
        openai: { reasoningEffort: "low" },
      },
    });
    const { signal: passed, ...options } = model.calls[0]?.options ?? {};
    expect(options).toEqual({
      maxTokens: 50,
      temperature: 0.5,
      topP: 0.9,
      topK: 30,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      stop: ["\n", "END"],
      seed: 7,
      minP: 0.05,
      mirostat: { tau: 5 },
    });
    expect(passed).toBeInstanceOf(AbortSignal);
  });

  test("what is not set is left to the model", async () => {
    const model = scriptedModel([["Yes."]]);
    await generateText({ model: llama2(model), prompt: "Hi", stopSequences: [] });
    expect(model.calls[0]?.options).toEqual({});
  });

  test("a misspelt provider option is an error that names it", async () => {
    const model = scriptedModel([["Yes."]]);
    const answer = generateText({
      model: llama2(model),
      prompt: "Hi",
      providerOptions: { llama2: { minp: 0.05 } },
    });
    await expect(answer).rejects.toThrow(
      /providerOptions\.llama2\.minp is no option: there are .*minP/,
    );
    expect(model.calls).toEqual([]);
  });

  test("tools are a warning, for the model answers in text", async () => {
    const model = llama2(scriptedModel([["Sunny."]]));
    const { text, warnings } = await generateText({ model, tools, prompt: "Weather?" });
    expect(text).toBe("Sunny.");
    expect(warnings).toMatchObject([{ type: "unsupported", feature: "tools" }]);
    const none = await generateText({ model, tools, toolChoice: "none", prompt: "Weather?" });
    expect(none.warnings).toEqual([]);
  });

  test.each(["required", { type: "tool", toolName: "weather" }] as const)(
    "the tool choice %o is an error",
    async (toolChoice) => {
      const model = llama2(scriptedModel([["Sunny."]]));
      const answer = generateText({ model, tools, toolChoice, prompt: "Weather?" });
      await expect(answer).rejects.toSatisfy(UnsupportedFunctionalityError.isInstance);
    },
  );

  test("headers and a schema's description are warnings, in a stream as well", async () => {
    const call: LanguageModelV3CallOptions = {
      prompt: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
      headers: { "user-agent": "ai/6", "X-Tenant": "7" },
      responseFormat: { type: "json", description: "A person." },
    };
    const { warnings } = await llama2(scriptedModel([["{}"]])).doGenerate(call);
    const features = warnings.map((warning) => warning.type === "unsupported" && warning.feature);
    expect(features).toEqual(["responseFormat.description", "headers"]);
    const { stream } = await llama2(scriptedModel([["{}"]])).doStream(call);
    const { value } = await stream.getReader().read();
    expect(value).toEqual({ type: "stream-start", warnings });
  });
});

describe("messages", () => {
  async function convert(messages: ModelMessage[]) {
    const model = scriptedModel([["Yes."]]);
    await generateText({ model: llama2(model), messages });
    return model.calls[0]?.messages;
  }

  test("a conversation keeps its turns, its texts joined and its reasoning left out", async () => {
    const messages = await convert([
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "hmm" },
          { type: "text", text: "c" },
        ],
      },
      { role: "user", content: "d" },
    ]);
    expect(messages).toEqual([
      { role: "user", content: "ab" },
      { role: "assistant", content: "c" },
      { role: "user", content: "d" },
    ]);
  });

  test.each<[string, ModelMessage[], string]>([
    [
      "a picture",
      [{ role: "user", content: [{ type: "image", image: new Uint8Array([137, 80, 78, 71]) }] }],
      'prompt[0].content[0] is of type "file"',
    ],
    [
      "a tool call",
      [
        { role: "user", content: "Weather?" },
        {
          role: "assistant",
          content: [{ type: "tool-call", toolCallId: "1", toolName: "weather", input: {} }],
        },
        {
          role: "tool",
          content: [
            {
              type: "tool-result",
              toolCallId: "1",
              toolName: "weather",
              output: { type: "text", value: "20" },
            },
          ],
        },
      ],
      'prompt[1].content[0] is of type "tool-call"',
    ],
  ])("%s is an error that says where", async (_, messages, place) => {
    await expect(convert(messages)).rejects.toSatisfy(
      (error: unknown) =>
        UnsupportedFunctionalityError.isInstance(error) && error.message.startsWith(place),
    );
  });

  test("a system message that is not the first, and a tool's message, are errors", async () => {
    const model = llama2(scriptedModel([["Yes."]]));
    const user = { role: "user" as const, content: [{ type: "text" as const, text: "Hi" }] };
    await expect(
      model.doGenerate({ prompt: [user, { role: "system", content: "Be brief." }] }),
    ).rejects.toThrow(/^prompt\[1\] is a system message/);
    await expect(
      model.doGenerate({ prompt: [user, { role: "tool", content: [] }] }),
    ).rejects.toThrow(/^prompt\[1\] is from "tool"/);
  });
});
