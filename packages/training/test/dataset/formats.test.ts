import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type ChatMessage,
  encodeChat,
  toAlpaca,
  toGuanaco,
  toOpenAI,
  toShareGPT,
} from "@llama2-kit/prompt";
import { describe, expect, test } from "vitest";
import type { DatasetExample } from "../../src/index.ts";
import { collect, learnedTexts, tokenizer } from "./collect.ts";
import { randomConversations } from "./random-conversations.ts";

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const conversations: ChatMessage[][] = JSON.parse(
  readFileSync(fixture("conversations.json"), "utf8"),
);

/** The ids and spans that a conversation is to become. */
function encode(messages: readonly ChatMessage[]) {
  const { ids, spans } = encodeChat(messages, tokenizer, { closeFinalMessage: true });
  const answers = spans.filter(({ role }) => role === "assistant");
  return { ids: [...ids], spans: answers.map(({ start, end }) => [start, end]) };
}

function contentOf(examples: readonly DatasetExample[]) {
  return examples.map(({ ids, spans }) => ({ ids: [...ids], spans }));
}

describe("a file", () => {
  test.each([
    ["openai.jsonl", "openai", [1, 2, 4]],
    ["sharegpt.json", "sharegpt", [2, 9, 18]],
    ["alpaca.json", "alpaca", [2, 3, 9]],
    ["guanaco.jsonl", "guanaco", [1, 2, 3]],
    ["llama2.jsonl", "llama2", [1, 2, 3]],
    ["llama2.txt", "llama2", [1, 2, 9]],
  ])("%s is told by its rows, and becomes Llama 2's ids", async (name, format, lines) => {
    const { examples, report } = await collect(fixture(name));
    expect(contentOf(examples)).toEqual(conversations.map(encode));
    expect(examples.map(({ line }) => line)).toEqual(lines);
    expect(report).toMatchObject({ format, rows: 3, examples: 3, droppedRows: 0, dropped: [] });
    expect(report.tokens).toBe(examples.reduce((sum, { ids }) => sum + ids.length, 0));
    const named = await collect(fixture(name), { format: report.format });
    expect(contentOf(named.examples)).toEqual(contentOf(examples));
  });

  test("of bare guanaco text is parted at empty lines, and at lines with a whole exchange", async () => {
    const { examples, report } = await collect(fixture("guanaco.txt"));
    expect(report).toMatchObject({ format: "guanaco", rows: 4, droppedRows: 0 });
    expect(contentOf(examples.slice(0, 2))).toEqual(
      [conversations[0], conversations[2]].map((messages) => encode(messages ?? [])),
    );
    expect(examples.slice(2).map(learnedTexts)).toEqual([["Four. </s>"], ["Two. </s>"]]);
    expect(examples.map(({ line }) => line)).toEqual([1, 4, 9, 10]);
  });
});

test("the loss is on the answers and their EOS alone", async () => {
  const { examples, report } = await collect([conversations[1] ?? []]);
  expect(examples.map(learnedTexts)).toEqual([["Lima. </s>", "Santiago. </s>"]]);
  // "▁Lima", ".", "▁", EOS and "▁Santiago", ".", "▁", EOS.
  expect(report.lossTokens).toBe(8);
});

test("random conversations come back the same through every format", async () => {
  const random = randomConversations(100, 1);
  const expected = random.map(encode);
  const options = { sequenceLength: 100_000, strict: true };
  const texts = random.map((messages) => ({
    text: tokenizer.decode(encodeChat(messages, tokenizer, { closeFinalMessage: true }).ids, {
      specialTokens: "show",
    }),
  }));
  const forms = {
    openai: random.map((messages) => ({ messages: toOpenAI(messages) })),
    sharegpt: random.map(toShareGPT),
    alpaca: random.map(toAlpaca),
    guanaco: random.map((messages) => ({ text: toGuanaco(messages) })),
    llama2: texts,
  };
  for (const [format, rows] of Object.entries(forms)) {
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    for (const file of [lines, JSON.stringify(rows), JSON.stringify(rows, null, 2)]) {
      const { examples, report } = await collect(once(file), options);
      expect(report.format).toBe(format);
      expect(contentOf(examples)).toEqual(expected);
    }
    expect(contentOf((await collect(rows, options)).examples)).toEqual(expected);
  }
});

test("messages may come alone, and text too", async () => {
  const [first = []] = conversations;
  const alone = await collect([first]);
  expect(contentOf(alone.examples)).toEqual([encode(first)]);
  const lines = await collect(once(`{"messages":${JSON.stringify(first)}}`));
  expect(contentOf(lines.examples)).toEqual([encode(first)]);
  const shared = await collect([toShareGPT(first).conversations as never]);
  expect(contentOf(shared.examples)).toEqual([encode(first)]);
  const text = await collect([toGuanaco(first)]);
  expect(contentOf(text.examples)).toEqual([encode(first)]);
});

async function* once(text: string) {
  yield text;
}
