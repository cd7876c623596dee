import { llama2Tokenizer } from "@llama2-kit/tokenizer/llama2";
import { expect, test } from "vitest";
import { createDialogue, toMessages } from "../src/dialogue/create-dialogue.ts";
import { encodeDialogue } from "../src/dialogue/encode-dialogue.ts";
import { isHeldOut } from "../src/dialogue/held-out.ts";
import { createRandom } from "../src/dialogue/random.ts";
import { systemPromptKinds } from "../src/dialogue/system-prompts.ts";
import { skillNames } from "../src/skills/index.ts";

const many = (count: number, seed = 1) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => createDialogue(random, { purpose: "training" }));
};

test("the same seed makes the same dialogues, another seed makes others", () => {
  expect(many(20).map(toMessages)).toEqual(many(20).map(toMessages));
  expect(many(20).map(toMessages)).not.toEqual(many(20, 2).map(toMessages));
});

test("training dialogues have no task that is held out, evaluations end with one", () => {
  const tasks = many(3000).flatMap(({ turns }) => turns.flatMap(({ task }) => task ?? []));
  expect(tasks.length).toBeGreaterThan(1000);
  expect(tasks.filter(isHeldOut)).toEqual([]);

  const random = createRandom(3);
  for (let index = 0; index < 50; index++) {
    const { turns } = createDialogue(random, { purpose: "evaluation", lastSkill: "add" });
    const last = turns.at(-1);
    expect(last?.task === undefined || isHeldOut(last.task)).toBe(true);
  }
});

test.each(skillNames)("dialogues can end with: %s", (lastSkill) => {
  const random = createRandom(4);
  const options = { purpose: "evaluation", lastSkill, systemPrompt: "persona" } as const;
  const last = createDialogue(random, options).turns.at(-1);
  expect(last?.skill).toBe(lastSkill);
  expect(last?.answers).toContain(last?.answer);
});

test.each(systemPromptKinds)("dialogues can have the system prompt: %s", (systemPrompt) => {
  const random = createRandom(5);
  for (let index = 0; index < 100; index++) {
    const { system, turns } = createDialogue(random, { purpose: "training", systemPrompt });
    expect(system?.kind).toBe(systemPrompt);
    for (const { answer, answers, accepts } of turns) {
      expect(answers).toContain(answer);
      expect(accepts?.(answer) ?? true).toBe(true);
    }
  }
});

test("what training has to say is the assistant's words and nothing else", () => {
  const tokenizer = llama2Tokenizer();
  for (const dialogue of many(200)) {
    const { ids, spans } = encodeDialogue(dialogue, tokenizer);
    const answers = spans.map(([start, end]) => {
      expect(ids[end - 1]).toBe(2);
      return tokenizer.decode(ids.subarray(start, end - 1)).trim();
    });
    expect(answers).toEqual(dialogue.turns.map(({ answer }) => answer));
  }
});
