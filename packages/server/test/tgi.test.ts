import { expect, test } from "vitest";
import { createHandler } from "../src/index.ts";
import { eventsOf, post } from "./ask.ts";
import { useCria } from "./cria.ts";
import { saysAndWaits, scriptedModel } from "./scripted-model.ts";

const cria = useCria({ sequences: 2 });
const handler = () => createHandler({ models: [cria()] });
const inputs = "[INST] My name is Zoe. [/INST]";

interface TgiEvent {
  readonly index: number;
  readonly token: { id: number; text: string; logprob: number | null; special: boolean };
  readonly top_tokens?: unknown[];
  readonly generated_text: string | null;
  readonly details: {
    finish_reason: string;
    generated_tokens: number;
    input_length: number;
  } | null;
}

const stream = async (parameters: object) =>
  (await eventsOf(await post(handler(), "/generate_stream", { inputs, parameters }))) as TgiEvent[];
const whole = async (parameters: object) =>
  (await post(handler(), "/generate", { inputs, parameters })).json();

test("a stream has an event for each token, and the last one the whole text", async () => {
  const events = await stream({ max_new_tokens: 30, details: true, top_n_tokens: 2 });
  const last = events.at(-1);
  const text = events
    .filter(({ token }) => !token.special)
    .map(({ token }) => token.text)
    .join("");
  expect(text).toBe(last?.generated_text);
  expect(text).toContain("Zoe");
  expect(events.map(({ index }) => index)).toEqual(events.map((_, index) => index + 1));
  expect(events.slice(0, -1).every((event) => event.generated_text === null)).toBe(true);
  expect(last?.token).toMatchObject({ id: 2, special: true });
  expect(last?.details).toMatchObject({
    finish_reason: "eos_token",
    generated_tokens: events.length,
  });
  expect(events[0]?.token.logprob).toBeLessThan(0);
  expect(events[0]?.top_tokens).toHaveLength(2);
  const ids = events.slice(0, -1).map(({ token }) => token.id);
  expect(cria().detokenize(ids).trim()).toBe(text.trim());
});

test("a stream is written as TGI writes it", async () => {
  const answer = await post(handler(), "/generate_stream", {
    inputs,
    parameters: { max_new_tokens: 2 },
  });
  expect(await answer.text()).toMatch(/^(?:data:\{.*\}\n\n)+$/);
});

test("the whole text is that of the stream, and is the likeliest unless sampling is asked for", async () => {
  const { generated_text } = await whole({ max_new_tokens: 30 });
  expect((await stream({ max_new_tokens: 30 })).at(-1)?.generated_text).toBe(generated_text);
  expect((await whole({ max_new_tokens: 30, seed: 3 })).generated_text).toBe(generated_text);
});

test("a stop string is a part of the text", async () => {
  const { generated_text, details } = await whole({
    max_new_tokens: 30,
    stop: ["Zoe"],
    details: true,
  });
  expect(generated_text).toMatch(/Zoe$/);
  expect(details.finish_reason).toBe("stop_sequence");
  const events = await stream({ max_new_tokens: 30, stop: ["Zoe"] });
  const text = events
    .filter(({ token }) => !token.special)
    .map(({ token }) => token.text)
    .join("");
  expect(text).toBe(generated_text);
});

test("a limit, and the prompt in front of the text", async () => {
  const { generated_text, details } = await whole({
    max_new_tokens: 2,
    return_full_text: true,
    details: true,
  });
  expect(generated_text.startsWith(inputs)).toBe(true);
  expect(details).toMatchObject({ finish_reason: "length", generated_tokens: 2 });
});

test("text held to a schema", async () => {
  const value = {
    type: "object",
    properties: { name: { type: "string", maxLength: 8 } },
    required: ["name"],
  };
  const { generated_text } = await whole({ grammar: { type: "json", value }, max_new_tokens: 60 });
  expect(Object.keys(JSON.parse(generated_text))).toEqual(["name"]);
});

test("the root answers with an array, or a stream", async () => {
  const body = { inputs, parameters: { max_new_tokens: 3 } };
  const array = await (await post(handler(), "/", body)).json();
  expect(array).toEqual([{ generated_text: expect.any(String) }]);
  const events = await eventsOf(await post(handler(), "/", { ...body, stream: true }));
  expect(events.at(-1)).toMatchObject({ generated_text: array[0].generated_text });
});

test("errors are TGI's", async () => {
  const answer = await post(handler(), "/generate", { inputs, parameters: { max_new_tokens: 0 } });
  expect(answer.status).toBe(422);
  expect(await answer.json()).toEqual({
    error: "max_tokens must be an integer of at least 1; it is 0.",
    error_type: "validation",
  });
  for (const parameters of [{ best_of: 2 }, { watermark: true }, { adapter_id: "none" }]) {
    const refused = await post(handler(), "/generate", { inputs, parameters });
    expect([404, 422]).toContain(refused.status);
    expect(await refused.json()).toMatchObject({ error_type: "validation" });
  }
});

test("an answer that the server ends early says so", async () => {
  const waiting = createHandler({ models: [scriptedModel(saysAndWaits("Once"))] });
  const answer = await post(waiting, "/generate_stream", { inputs });
  const text = eventsOf(answer);
  await waiting.drain({ deadlineMs: 0 });
  expect((await text).at(-1)).toEqual({
    error: "The server is about to end.",
    error_type: "incomplete_generation",
  });
});
