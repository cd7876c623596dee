import { describe, expect, test } from "vitest";
import { converse, createListener, never, useCria } from "./cria.ts";

/** A question and its answer take some 30 tokens. */
const contextSize = 160;
const start = useCria({ contextSize });
const question = "What is the capital of France?";
const questions = Array.from({ length: 12 }, () => question);

describe("a conversation that outgrows the context", () => {
  test("its oldest turns go, several at a time, and the system prompt stays", async () => {
    const system = "Answer in capital letters.";
    const conversation = start({ system });
    const listener = createListener();
    const answers = await converse(conversation, questions, listener);
    expect(listener.notices.length).toBeGreaterThan(1);
    expect(listener.notices.length).toBeLessThan(questions.length / 2);
    for (const notice of listener.notices) {
      expect(notice).toMatch(
        /^The context is full: the oldest (turn was|\d+ turns were) dropped\.$/,
      );
    }
    expect(conversation.lastPrompt[0]).toEqual({ role: "system", content: system });
    expect(answers.at(-1)).toBe("THE CAPITAL OF FRANCE IS PARIS.");
  });

  test("there is room for an answer at every question", async () => {
    const conversation = start();
    for (const next of questions) {
      const { usage } = await conversation.ask(next, createListener(), never);
      expect(usage.promptTokens).toBeLessThanOrEqual((contextSize * 3) / 4);
    }
  });

  test("a retry after that has nothing more to drop", async () => {
    const conversation = start({ parameters: { temperature: 1 } });
    const listener = createListener();
    while (listener.notices.length === 0) await converse(conversation, [question], listener);
    await conversation.retry(listener, never);
    expect(listener.notices).toHaveLength(1);
  });
});

describe("a message that is too long", () => {
  test("it is refused, and what was said stays", async () => {
    const conversation = start();
    await converse(conversation, ["My name is Zoe."]);
    const long = "word ".repeat(200);
    await expect(converse(conversation, [long])).rejects.toThrow(
      /^Too long: the message and the system prompt do not fit into the context of 160 tokens\.$/,
    );
    expect(await converse(conversation, ["What is my name?"])).toEqual(["Your name is Zoe."]);
  });

  test("megabytes are refused as well", async () => {
    await expect(converse(start(), ["word ".repeat(10_000_000)])).rejects.toThrow("Too long");
  });

  test("it may take the room of its answer, which is then cut", async () => {
    const long = `Tell me a story about a fox.${" la".repeat(125)}`;
    const result = await start().ask(long, createListener(), never);
    expect(result.usage.promptTokens).toBeGreaterThan((contextSize * 3) / 4);
    expect(result.usage.promptTokens + result.usage.completionTokens).toBeLessThanOrEqual(
      contextSize,
    );
  });
});
