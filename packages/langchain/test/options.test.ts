import { tool } from "@langchain/core/tools";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { scriptedModel } from "../../protocol/test/scripted-model.ts";
import { ChatLlama2, LangChainAdapterError } from "../src/index.ts";

const weather = tool(() => "sunny", { name: "weather", schema: z.object({ city: z.string() }) });

describe("options", () => {
  test("those of a call go before those of the model, and stop arrives", async () => {
    const model = scriptedModel([["Yes."]]);
    const chat = new ChatLlama2({ model, temperature: 0, topP: 0.9, stop: ["a"] });
    await chat.invoke("Hi", { temperature: 1, stop: ["b"], minP: 0.1 });
    await chat.withConfig({ maxTokens: 5 }).invoke("Hi");
    const [first, second] = model.calls.map(({ options }) => options);
    expect(first).toEqual({ temperature: 1, topP: 0.9, stop: ["b"], minP: 0.1 });
    expect(second).toEqual({ temperature: 0, topP: 0.9, stop: ["a"], maxTokens: 5 });
  });

  test("LangChain's own are not handed to the model", async () => {
    const model = scriptedModel([["Yes."]]);
    await new ChatLlama2({ model, tags: ["t"], verbose: false }).invoke("Hi", {
      tags: ["u"],
      metadata: { m: 1 },
      runName: "r",
      maxRetries: 1,
    });
    expect(model.calls[0]?.options).toEqual({});
  });

  test("a cache keeps different options apart", async () => {
    const model = scriptedModel([["one"], ["two"], ["three"]]);
    const chat = new ChatLlama2({ model, cache: true });
    const texts = [];
    for (const temperature of [0, 0, 1]) {
      texts.push((await chat.invoke("cached?", { temperature })).text);
    }
    expect(texts).toEqual(["one", "one", "two"]);
  });
});

describe("tools are refused clearly", () => {
  const chat = new ChatLlama2({ model: scriptedModel([["Sunny."]]) });
  const refusal = expect.objectContaining({
    name: "LangChainAdapterError",
    code: "UNSUPPORTED_TOOLS",
    message: expect.stringContaining("withStructuredOutput"),
  });

  test("bound", async () => {
    expect(() => chat.bindTools([weather])).toThrow(refusal);
    expect((await chat.bindTools([]).invoke("Hi")).text).toBe("Sunny.");
  });

  test("given as options of a call", async () => {
    for (const options of [{ tools: [weather] }, { functions: [{}] }, { tool_choice: "any" }]) {
      await expect(chat.invoke("Hi", options as object)).rejects.toThrow(refusal);
    }
    await expect(
      chat.invoke("Hi", { response_format: { type: "json_object" } } as object),
    ).rejects.toMatchObject({ code: "UNSUPPORTED_OPTION" });
    expect((await chat.invoke("Hi", { tool_choice: "none" })).text).toBe("Sunny.");
  });
});

describe("withStructuredOutput", () => {
  const person = z.object({ name: z.string(), age: z.number().int() });
  const zoe = { name: "Zoe", age: 7 };

  test("asks for JSON of the schema, and parses it", async () => {
    const model = scriptedModel([['{"name":"Zoe",', '"age":7}']]);
    const chat = new ChatLlama2({ model });
    const parsed: z.infer<typeof person> = await chat.withStructuredOutput(person).invoke("Who?");
    expect(parsed).toEqual(zoe);
    expect(model.calls[0]?.options.jsonSchema).toMatchObject({
      type: "object",
      required: ["name", "age"],
    });
  });

  test("takes a JSON schema as it is, and returns the raw answer on request", async () => {
    const model = scriptedModel([['{"name":"Zoe","age":7}']]);
    const schema = { type: "object", properties: { name: { type: "string" } } };
    const { raw, parsed } = await new ChatLlama2({ model })
      .withStructuredOutput(schema, { includeRaw: true })
      .invoke("Who?");
    expect(parsed).toEqual(zoe);
    expect(raw.text).toBe('{"name":"Zoe","age":7}');
    expect(model.calls[0]?.options.jsonSchema).toEqual(schema);
  });

  test("any object in JSON mode; no function calls", async () => {
    const model = scriptedModel([["{}"]]);
    const chat = new ChatLlama2({ model });
    await chat.withStructuredOutput({}, { method: "jsonMode" }).invoke("Who?");
    expect(model.calls[0]?.options.jsonSchema).toEqual({ type: "object" });
    const refusal = () => chat.withStructuredOutput(person, { method: "functionCalling" });
    expect(refusal).toThrow(LangChainAdapterError);
  });
});
