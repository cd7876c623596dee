import { afterAll, describe, expect, test } from "vitest";
import {
  type ChatMessage,
  chatSegments,
  encodeChat,
  formatChat,
  type ParseOptions,
  parseChat,
} from "../src/index.ts";
import { canonical } from "./canonical.ts";
import { golden, promptErrorOf, recorded } from "./golden-data.ts";
import { loadLlama2Vocabulary } from "./llama2-vocabulary.ts";
import { createRandom, randomConversation } from "./random-conversation.ts";

const tokenizer = await loadLlama2Vocabulary();
afterAll(() => tokenizer.dispose());
const decode = (ids: number[]) => tokenizer.decode(ids);

const safe = [
  ...golden.prompts.map(({ name, messages }) => ({ name, messages })),
  ...recorded
    .filter(({ must }) => !must.throws && !must.throws_by_default)
    .map(({ id, messages }) => ({ name: id, messages })),
];

/** Half a surrogate pair has no UTF-8, and U+2581 is what SentencePiece writes a space as: ids cannot say them. */
const WITHOUT_IDS = /\p{Surrogate}|\u2581/u;

describe("reads back what was laid out", () => {
  test.each(safe)("$name", ({ messages }) => {
    const wanted = canonical(messages);
    expect(parseChat(formatChat(messages))).toEqual(wanted);
    expect(parseChat(formatChat(messages, { bos: false }))).toEqual(wanted);
    expect(parseChat(chatSegments(messages))).toEqual(wanted);
    if (messages.every(({ content }) => !WITHOUT_IDS.test(content))) {
      expect(parseChat(encodeChat(messages, tokenizer).ids, { decode })).toEqual(wanted);
    }
  });

  test.each(golden.prefills)("$name", ({ messages, text, segments }) => {
    // An answer of which nothing is there yet cannot be seen in the prompt.
    const wanted = canonical(messages).filter(
      ({ role, content }, index) =>
        role !== "assistant" || content !== "" || index < messages.length - 1,
    );
    expect(parseChat(segments)).toEqual(wanted);
    // In a text, `</s>` at the very end is EOS.
    if (!text.endsWith("</s>")) expect(parseChat(text)).toEqual(wanted);
  });

  test("whatever a message holds, if it is no tag: <s>, </s>, halves of tags, odd spaces", () => {
    const random = createRandom(5);
    for (let round = 0; round < 1_000; round++) {
      const messages = randomConversation(random, true);
      expect(parseChat(formatChat(messages))).toEqual(canonical(messages));
      expect(parseChat(chatSegments(messages))).toEqual(canonical(messages));
    }
  });

  test("and the messages lay out the same prompt again", () => {
    for (const { messages, text } of golden.prompts) {
      expect(formatChat(parseChat(text)), JSON.stringify(messages)).toBe(text);
    }
  });
});

describe("reads what others lay out", () => {
  const conversation: ChatMessage[] = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Hello!" },
    { role: "user", content: "Bye" },
  ];

  test.each([
    "<s>[INST] Hi [/INST] Hello!</s><s>[INST] Bye [/INST]",
    "<s>[INST]Hi[/INST]Hello!</s> <s>[INST]Bye[/INST]",
    "<s> [INST] Hi [/INST]\nHello! </s>\n<s>[INST] Bye [/INST]\n",
  ])("%j: other white space", (text) => {
    expect(parseChat(text)).toEqual(conversation);
  });

  test("an answer that is complete, as in a text for training", () => {
    expect(parseChat("<s>[INST] Hi [/INST] Hello! </s>")).toEqual(conversation.slice(0, 2));
  });

  test("the ids of an answer that the model sampled, which begins with a space of its own", () => {
    const ids = [...encodeChat(conversation.slice(0, 1), tokenizer).ids, 29871, 15043, 29991, 2];
    expect(parseChat(ids, { decode })).toEqual(conversation.slice(0, 2));
  });
});

describe("tells where a prompt is malformed", () => {
  test.each<[prompt: string, offset: number, message: RegExp]>([
    ["", 0, /No \[INST\]/],
    ["What is a llama?", 0, /outside of \[INST\]/],
    ["<s>Hi [INST] you [/INST]", 3, /outside of \[INST\]/],
    ["<s><s>[INST] Hi [/INST]", 3, /one <s>/],
    ["<s>[INST] Hi", 3, /no \[\/INST\]/],
    ["<s>[INST] Hi [/INST] Yo <s>[INST] Bye [/INST]", 24, /without <\/s>/],
    ["<s>[INST] Hi [/INST] Yo </s>[INST] Bye [/INST]", 28, /without <s>/],
    ["<s>[INST] Hi [/INST] Yo [/INST]", 24, /\[\/INST\] has no place/],
    ["<s>[INST] Hi <</SYS>> [/INST]", 13, /<<\/SYS>> has no place/],
    ["<s><<SYS>>\nx\n<</SYS>>\n\n[INST] Hi [/INST]", 3, /<<SYS>> is due behind/],
    ["<s>[INST] <<SYS>>\nx [/INST]", 10, /no <<\/SYS>>/],
    ["<s>[INST] Hi <<SYS>>\nx\n<</SYS>> [/INST]", 13, /nowhere else/],
  ])("%j", (prompt, offset, message) => {
    const error = promptErrorOf(() => parseChat(prompt));
    expect(error).toMatchObject({ code: "MALFORMED_PROMPT", offset });
    expect(error.message).toMatch(message);
  });

  test("by the index of a segment", () => {
    const segments = chatSegments(canonical(safe[0]?.messages ?? []));
    const broken = [...segments, { text: "Bye", bos: true, eos: false }];
    expect(promptErrorOf(() => parseChat(broken)).offset).toBe(segments.length);
  });

  test("by the index of an id", () => {
    const { ids } = encodeChat([{ role: "user", content: "Hi" }], tokenizer);
    expect(promptErrorOf(() => parseChat([1, ...ids], { decode })).offset).toBe(1);
    expect(promptErrorOf(() => parseChat([...ids, 2, 15043], { decode })).offset).toBe(
      ids.length + 1,
    );
  });
});

describe("refuses what it cannot read", () => {
  test.each<[unknown, ParseOptions, RegExp]>([
    [undefined, {}, /^prompt is undefined/],
    [null, {}, /^prompt is null/],
    [{}, {}, /^prompt is an object/],
    [[1, 2], {}, /^decode is undefined/],
    [[5], { decode: () => 1 as unknown as string }, /^decode\(\) returned 1/],
    [[null], {}, /^prompt\[0\] is null/],
    [[{ text: "" }, null], {}, /^prompt\[1\] is null/],
    [[5, null], { decode: () => "" }, /^prompt\[1\] is null/],
    [{ length: 1e10 }, { decode: () => "" }, /^prompt is an object/],
    ["", null as unknown as ParseOptions, /^options is null/],
    [[{}], {}, /^prompt\[0\]\.text is undefined/],
    ["[INST] Hi [/INST]", { specialTags: "allow" as "escape" }, /^specialTags is "allow"/],
  ])("%j", (prompt, options, message) => {
    const error = promptErrorOf(() => parseChat(prompt as string, options));
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toMatch(message);
  });
});

test("nothing at all is no prompt, in segments and ids too", () => {
  expect(promptErrorOf(() => parseChat([])).code).toBe("MALFORMED_PROMPT");
  expect(promptErrorOf(() => parseChat(new Int32Array())).code).toBe("MALFORMED_PROMPT");
});

test("takes any number of tags in a run of ids", () => {
  const error = promptErrorOf(() => parseChat([5], { decode: () => "[INST]x".repeat(200_000) }));
  expect(error.code).toBe("MALFORMED_PROMPT");
});

test.each([
  ["two EOS", "<s>[INST] a [/INST] b </s></s><s>[INST] c [/INST]", 26],
  ["a BOS at the end", "<s>[INST] a [/INST] b </s><s>", 26],
])("%s in a row, or where none is due, are refused", (_, prompt, offset) => {
  expect(promptErrorOf(() => parseChat(prompt))).toMatchObject({
    code: "MALFORMED_PROMPT",
    offset,
  });
});
