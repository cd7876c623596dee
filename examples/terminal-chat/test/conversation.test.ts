import { describe, expect, test } from "vitest";
import { converse, createListener, never, useCria } from "./cria.ts";

const start = useCria();

test("it remembers what was said, until it is reset", async () => {
  const conversation = start();
  const answers = await converse(conversation, ["My name is Zoe.", "What is my name?"]);
  expect(answers[1]).toBe("Your name is Zoe.");
  conversation.reset();
  expect(conversation.isEmpty).toBe(true);
  expect(await converse(conversation, ["What is my name?"])).not.toContain("Your name is Zoe.");
  expect(conversation.lastPrompt).toEqual([{ role: "user", content: "What is my name?" }]);
});

test("a system prompt that is set later counts from then on, and keeps the conversation", async () => {
  const conversation = start();
  await converse(conversation, ["My name is Zoe."]);
  await conversation.setSystem("You are Finn, a pirate.");
  expect(await converse(conversation, ["Who are you?"])).toEqual(["I am Finn the pirate. Arr!"]);
  expect(conversation.lastPrompt.map(({ role }) => role)).toEqual([
    "system",
    "user",
    "assistant",
    "user",
  ]);
});

describe("retry", () => {
  test("it answers the last question again, in place of the first answer", async () => {
    const conversation = start({ parameters: { temperature: 1, seed: 7 } });
    const first = await conversation.ask("Tell me a story about a fox.", createListener(), never);
    const second = await conversation.retry(createListener(), never);
    const third = await conversation.retry(createListener(), never);
    expect([first.seed, second?.seed, third?.seed]).toEqual([7, 8, 9]);
    expect(second?.text).not.toBe(first.text);
    expect(conversation.lastPrompt).toHaveLength(1);
  });

  test("at temperature 0 it refuses, unless something has changed", async () => {
    const conversation = start();
    const [first] = await converse(conversation, ["Who are you?"]);
    expect(await conversation.retry(createListener(), never)).toBeUndefined();
    await conversation.setSystem("You are Finn, a pirate.");
    const second = await conversation.retry(createListener(), never);
    expect(second?.text).not.toBe(first);
    expect(await conversation.retry(createListener(), never)).toBeUndefined();
  });

  test("there must be a question", async () => {
    await expect(start().retry(createListener(), never)).rejects.toThrow("no question");
  });
});

describe("an answer that is stopped", () => {
  const story = "Tell me a story about a fox.";

  test("it counts as far as it came, and can be given again at temperature 0", async () => {
    const conversation = start();
    const stop = new AbortController();
    const listener = { ...createListener(), text: () => stop.abort() };
    const stopped = await conversation.ask(story, listener, stop.signal);
    expect(stopped.finishReason).toBe("aborted");
    expect(conversation.isEmpty).toBe(false);
    const whole = await conversation.retry(createListener(), never);
    expect(whole?.text).toMatch(/The end\.$/);
    expect(whole?.text).toContain(stopped.text);
  });

  test("where it had not begun, the question is taken back", async () => {
    const conversation = start();
    await conversation.ask(story, createListener(), AbortSignal.abort());
    expect(conversation.isEmpty).toBe(true);
  });
});

describe("what no question could be asked with is refused before there is one", () => {
  test.each([
    [{ temperature: -1 }, "temperature must be"],
    [{ topP: 0 }, "topP must be"],
    [{ maxTokens: 0 }, "maxTokens must be"],
    [{ seed: 2 ** 32 }, "seed must be"],
  ])("%o", async (parameters, message) => {
    await expect(start({ parameters }).check()).rejects.toThrow(message);
    const conversation = start();
    await expect(conversation.setParameters(parameters)).rejects.toThrow(message);
    expect(conversation.parameters.temperature).toBe(0);
  });

  test.each(["<<SYS>>", "word ".repeat(600)])("the system prompt %.10s", async (system) => {
    await expect(start({ system }).check()).rejects.toThrow();
    const conversation = start();
    await expect(conversation.setSystem(system)).rejects.toThrow();
    expect(conversation.system).toBeUndefined();
  });
});
