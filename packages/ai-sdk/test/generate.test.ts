import { generateObject, generateText, jsonSchema, Output } from "ai";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { scriptedModel } from "../../protocol/test/scripted-model.ts";
import { llama2 } from "../src/index.ts";

beforeAll(() => vi.stubGlobal("AI_SDK_LOG_WARNINGS", false));
afterAll(() => vi.unstubAllGlobals());

const schema = jsonSchema<{ name: string; age: number }>({
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer" } },
  required: ["name", "age"],
});

describe("generateText", () => {
  test("returns the text, its usage, and where it came from", async () => {
    const model = scriptedModel([["Llamas ", "hum."]], { seed: 7, stopString: "\n" });
    const result = await generateText({
      model: llama2(model, { generateId: () => "response-1" }),
      system: "Be brief.",
      prompt: "What do llamas do?",
    });
    expect(result.text).toBe("Llamas hum.");
    expect(result.finishReason).toBe("stop");
    expect(result.rawFinishReason).toBe("stop");
    expect(result.usage).toMatchObject({
      inputTokens: 12,
      inputTokenDetails: { noCacheTokens: 4, cacheReadTokens: 8 },
      outputTokens: 3,
      totalTokens: 15,
    });
    expect(result.response).toMatchObject({ id: "response-1", modelId: "scripted" });
    expect(result.response.timestamp).toBeInstanceOf(Date);
    expect(result.providerMetadata).toEqual({
      llama2: { seed: 7, stopString: "\n", timings: { totalMs: 1 } },
    });
    expect(model.calls[0]?.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "What do llamas do?" },
    ]);
  });

  test("names each response differently", async () => {
    const model = llama2(scriptedModel([["Yes."]]));
    const [one, two] = await Promise.all([
      generateText({ model, prompt: "Hi" }),
      generateText({ model, prompt: "Hi" }),
    ]);
    expect(one.response.id).toMatch(/^llama2-[0-9a-f]{24}$/);
    expect(one.response.id).not.toBe(two.response.id);
  });

  test.each([
    ["length", "length"],
    ["content-filter", "content-filter"],
    ["tool-calls", "tool-calls"],
    ["aborted", "other"],
  ] as const)("an answer that ended as %s has the finish reason %s", async (ours, theirs) => {
    const model = scriptedModel([["Llamas"]], { finishReason: ours });
    const result = await generateText({ model: llama2(model), prompt: "Hi" });
    expect([result.finishReason, result.rawFinishReason]).toEqual([theirs, ours]);
    expect(result.text).toBe("Llamas");
  });

  test("tells what the backend left out as a warning", async () => {
    const model = scriptedModel([["Yes."]], { warnings: ["topK was left out."] });
    const { warnings } = await generateText({ model: llama2(model), prompt: "Hi" });
    expect(warnings).toEqual([{ type: "other", message: "topK was left out." }]);
  });

  test("an abort rejects with the signal's reason, and stops the generation", async () => {
    const abort = new AbortController();
    const model = scriptedModel([["Llamas ", () => abort.abort(), "hum."]]);
    const answer = generateText({
      model: llama2(model),
      prompt: "Hi",
      abortSignal: abort.signal,
    });
    await expect(answer).rejects.toMatchObject({ name: "AbortError" });
    expect(model.aborted()).toBe(1);
  });
});

describe("JSON of a schema", () => {
  test("Output.object", async () => {
    const model = scriptedModel([['{"name":"Zoe",', '"age":7}']]);
    const { output } = await generateText({
      model: llama2(model),
      prompt: "Who?",
      output: Output.object({ schema }),
    });
    expect(output).toEqual({ name: "Zoe", age: 7 });
    expect(model.calls[0]?.options.jsonSchema).toMatchObject({
      type: "object",
      required: ["name", "age"],
    });
  });

  test("generateObject", async () => {
    const model = scriptedModel([['{"name":"Zoe","age":7}']]);
    const { object } = await generateObject({ model: llama2(model), schema, prompt: "Who?" });
    expect(object).toEqual({ name: "Zoe", age: 7 });
  });

  test("without a schema, any object is asked for", async () => {
    const model = scriptedModel([["{}"]]);
    await generateObject({ model: llama2(model), output: "no-schema", prompt: "Who?" });
    expect(model.calls[0]?.options.jsonSchema).toEqual({ type: "object" });
  });
});
