import type { ChatMessage } from "@llama2-kit/protocol";
import { describe, expect, test } from "vitest";
import { useCria } from "./support/cria.ts";

const cria = useCria();
const greedy = { temperature: 0 };

/** Says the user's lines one after another, and returns the answers. */
async function converse(lines: string[], system?: string): Promise<string[]> {
  const messages: ChatMessage[] = system === undefined ? [] : [{ role: "system", content: system }];
  const answers: string[] = [];
  for (const content of lines) {
    messages.push({ role: "user", content });
    const answer = await cria().chat(messages, greedy).text();
    messages.push({ role: "assistant", content: answer });
    answers.push(answer);
  }
  return answers;
}

describe("cria answers as it was trained to, so prompt, sampling and streaming are right", () => {
  test("it remembers a name over turns", async () => {
    const answers = await converse(["My name is Zoe.", "What is 2 + 3?", "What is my name?"]);
    expect(answers[1]).toBe("2 + 3 = 5.");
    expect(answers[2]).toBe("Your name is Zoe.");
  });

  test("it plays who the system prompt says it is", async () => {
    const [answer] = await converse(["Who are you?"], "You are Finn, a pirate.");
    expect(answer).toBe("I am Finn the pirate. Arr!");
  });

  test("it answers in capitals where the system prompt says so", async () => {
    const [answer] = await converse(
      ["What is the capital of France?"],
      "Answer in capital letters.",
    );
    expect(answer).toBe("THE CAPITAL OF FRANCE IS PARIS.");
  });

  test("it tells a story of several sentences", async () => {
    const [story] = await converse(["Tell me a story about a fox."]);
    expect(story).toMatch(/^Once .* fox .* The end\.$/s);
  });
});
