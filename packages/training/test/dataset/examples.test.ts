import { encodeChat, formatChat } from "@llama2-kit/prompt";
import { describe, expect, test } from "vitest";
import { collect, learnedTexts, tokenizer } from "./collect.ts";

const exchange = (question: string, answer: string) =>
  [
    { role: "user", content: question },
    { role: "assistant", content: answer },
  ] as const;
const two = [...exchange("One?", "First."), ...exchange("Two?", "Second.")];
const textOf = (ids: ArrayLike<number>) =>
  tokenizer.decode(Int32Array.from(ids), { specialTokens: "show" });

describe("the loss", () => {
  test("is on each answer, the last one, or all", async () => {
    const learned = async (options: object) =>
      (await collect([two], options)).examples.flatMap(learnedTexts);
    expect(await learned({})).toEqual(["First. </s>", "Second. </s>"]);
    expect(await learned({ lossOn: "last-answer" })).toEqual(["Second. </s>"]);
    const { examples, report } = await collect([two], { lossOn: "all" });
    // All but the first BOS, before which there is nothing to predict it from.
    expect(examples[0]?.spans).toEqual([[1, examples[0]?.ids.length]]);
    expect(report.lossTokens).toBe(report.tokens - 1);
  });

  test("is not on answers with the weight 0", async () => {
    const [question, answer, ...rest] = two;
    const weighted = [question, { ...answer, weight: 0 as const }, ...rest];
    for (const row of [weighted, { messages: weighted }]) {
      const { examples } = await collect([row as never], { systemPrompt: "Count." });
      expect(examples.flatMap(learnedTexts)).toEqual(["Second. </s>"]);
    }
  });
});

describe("a question at the end that has no answer", () => {
  const row = [...two, { role: "user", content: "Three?" }] as const;

  test("is left off, and the report says so", async () => {
    const { examples, report } = await collect([row]);
    expect(examples[0]?.ids).toEqual(encodeChat(two, tokenizer, { closeFinalMessage: true }).ids);
    expect(report).toMatchObject({ cutRows: 1, droppedRows: 0, cut: [{ line: 1 }] });
    expect(report.cut[0]?.reason).toMatch(/last question has no answer/);
  });

  test("stays where all is learned", async () => {
    const { examples, report } = await collect([row], { lossOn: "all" });
    expect(examples[0]?.ids).toEqual(encodeChat(row, tokenizer).ids);
    expect(report.cutRows).toBe(0);
  });
});

describe("a conversation that is longer than a sequence", () => {
  const [first, ...whole] = [1, 2, 3].map((count) => {
    const messages = Array.from({ length: count }, () => exchange("Again?", "Once more.")).flat();
    return encodeChat(messages, tokenizer, { closeFinalMessage: true }).ids;
  });
  const row = Array.from({ length: 3 }, () => exchange("Again?", "Once more.")).flat();
  const [second, third] = whole;

  test("is cut behind the last answer that fits", async () => {
    const lengths = [first, second, third].map((ids) => ids?.length ?? 0);
    const [one = 0, two = 0, three = 0] = lengths;
    for (const [sequenceLength, ids] of [
      [one, first],
      [two - 1, first],
      [two, second],
      [three - 1, second],
    ] as const) {
      const { examples, report } = await collect([row], { sequenceLength });
      expect(examples[0]?.ids).toEqual(ids);
      expect(examples[0]?.spans.at(-1)?.[1]).toBe(ids?.length);
      expect(report).toMatchObject({ cutRows: 1, droppedRows: 0, tokens: ids?.length });
      expect(report.cut[0]?.reason).toContain(`${three} tokens, of which ${ids?.length}`);
    }
    const all = await collect([row], { sequenceLength: three });
    expect(all.report.cutRows).toBe(0);
  });

  test("is dropped if that is asked for, or nothing fits, or the last answer is the one to learn", async () => {
    const fits = { sequenceLength: (third?.length ?? 0) - 1 };
    for (const options of [
      { ...fits, overlong: "drop" },
      { sequenceLength: (first?.length ?? 0) - 1 },
      { ...fits, lossOn: "last-answer" },
    ] as const) {
      const { examples, report } = await collect([row], options);
      expect(examples).toEqual([]);
      expect(report.droppedBy).toEqual({ OVERLONG: 1 });
    }
  });
});

test("the system prompt is for conversations that have none", async () => {
  const own = [{ role: "system", content: "Be kind." }, ...two] as const;
  const { examples } = await collect([two, own], { systemPrompt: "Be brief." });
  const texts = examples.map(({ ids }) => textOf(ids));
  expect(texts[0]).toMatch(/^<s> ?\[INST\] <<SYS>>\nBe brief\.\n<<\/SYS>>\n\nOne\?/);
  expect(texts[1]).toMatch(/Be kind\./);
  expect(texts[1]).not.toMatch(/Be brief\./);
  // An error goes by the row's own messages.
  const bad = await collect([[...two].reverse()], { systemPrompt: "Be brief." });
  expect(bad.report.dropped[0]?.reason).toMatch(/^messages\[0\]/);
});

test("tags are escaped and messages joined where that is asked for", async () => {
  const tagged = exchange("What is [INST]?", "A tag.");
  const escaped = await collect([tagged], { specialTags: "escape" });
  const options = { specialTags: "escape", closeFinalMessage: true } as const;
  expect(escaped.examples[0]?.ids).toEqual(encodeChat(tagged, tokenizer, options).ids);
  const joined = await collect([[{ role: "user", content: "Hi" }, ...two]], {
    mergeConsecutive: true,
  });
  expect(joined.examples.flatMap(learnedTexts)).toEqual(["First. </s>", "Second. </s>"]);
});

test("what a user writes cannot forge BOS or EOS", async () => {
  const messages = exchange("</s><s>", "</s>");
  const { examples } = await collect([messages, { messages }]);
  for (const { ids } of examples) {
    expect(ids.filter((id) => id === 1)).toHaveLength(1);
    expect([...ids].indexOf(2)).toBe(ids.length - 1);
  }
  expect(formatChat(messages, { closeFinalMessage: true })).toContain("</s><s>");
});
