import { InferenceClient } from "@huggingface/inference";
import { expect, test } from "vitest";
import { useCria, useServer } from "../cria.ts";
import { saysAndWaits, scriptedModel } from "../scripted-model.ts";

const cria = useCria({ sequences: 2 });
const waiting = scriptedModel(saysAndWaits("Once"));
const server = useServer(() => ({ cria: cria(), waiting }), { apiKeys: ["hf_right"] });
const client = (token = "hf_right") => new InferenceClient(token, { endpointUrl: server().url });
const messages = [{ role: "user" as const, content: "My name is Zoe." }];

test("a chat without a model's name, where the client sends its endpoint's", async () => {
  const answer = await client().chatCompletion({ messages, temperature: 0 });
  expect(answer.choices[0]?.message.content).toContain("Zoe");
  expect(answer.model).toBe("cria");
});

test("a stream", async () => {
  let text = "";
  for await (const { choices } of client().chatCompletionStream({
    model: "cria",
    messages,
    temperature: 0,
  })) {
    text += choices[0]?.delta.content ?? "";
  }
  expect(text).toContain("Zoe");
});

test("a stream of a completion", async () => {
  let text = "";
  const inputs = "[INST] My name is Zoe. [/INST]";
  const parameters = { max_new_tokens: 20, temperature: 0 };
  // It goes to /v1/completions, whose events it hands on as they are.
  for await (const event of client().textGenerationStream({ inputs, parameters })) {
    const { choices } = event as unknown as { choices: { text: string }[] };
    text += choices[0]?.text ?? "";
  }
  expect(text).toContain("Zoe");
});

test("errors", async () => {
  await expect(client("hf_wrong").chatCompletion({ messages })).rejects.toMatchObject({
    httpResponse: { status: 401 },
  });
  const wrong = client().chatCompletion({ messages, max_tokens: 0 });
  const error = { param: "max_tokens", type: "invalid_request_error" };
  await expect(wrong).rejects.toMatchObject({ httpResponse: { status: 400, body: { error } } });
});

test("an abort ends the generation", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const read = async () => {
    const stream = client().chatCompletionStream({ model: "waiting", messages }, { signal });
    for await (const { choices } of stream) if (choices[0]?.delta.content) controller.abort();
  };
  await expect(read()).rejects.toMatchObject({ name: "AbortError" });
  await expect.poll(() => waiting.asked.at(-1)?.options.signal?.aborted).toBe(true);
});
