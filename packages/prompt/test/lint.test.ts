import { describe, expect, test } from "vitest";
import {
  formatChat,
  type LintCode,
  lintPrompt,
  META_DEFAULT_SYSTEM_PROMPT,
  parseChat,
} from "../src/index.ts";
import { canonical } from "./canonical.ts";
import { golden, recorded } from "./golden-data.ts";
import { createRandom, randomConversation, randomText } from "./random-conversation.ts";

describe("finds what apps get wrong, and writes it right", () => {
  const right = "<s>[INST] Hi [/INST] Hello! </s><s>[INST] Bye [/INST]";
  const withSystem = "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST]";
  test.each<[what: string, prompt: string, codes: LintCode[], corrected: string]>([
    ["two BOS", `<s>${right}`, ["DOUBLE_BOS"], right],
    ["no space", "[INST]Hi[/INST]", ["MISSING_SPACE", "MISSING_SPACE"], "[INST] Hi [/INST]"],
    ["a newline for a space", "<s>[INST]\nHi [/INST]", ["EXTRA_SPACE"], "<s>[INST] Hi [/INST]"],
    [
      "the system message outside",
      "<s><<SYS>>\nBe brief.\n<</SYS>>\n\n[INST] Hi [/INST]",
      ["SYS_OUTSIDE_INST", "EXTRA_SPACE"],
      withSystem,
    ],
    [
      "the system message in one line",
      "<s>[INST] <<SYS>> Be brief. <</SYS>> Hi [/INST]",
      ["SYS_SPACING", "SYS_SPACING", "SYS_SPACING"],
      withSystem,
    ],
    [
      "the system message as bare text",
      "<s>Be brief.\n[INST] Hi [/INST]",
      ["TEXT_OUTSIDE_INST"],
      withSystem,
    ],
    ["no EOS", right.replace("</s>", ""), ["MISSING_EOS"], right],
    ["no space before EOS", right.replace(" </s>", "</s>"), ["MISSING_SPACE"], right],
    ["no BOS between turns", right.replace("</s><s>", "</s>"), ["MISSING_BOS"], right],
    ["turns on lines of their own", right.replace("</s><s>", "</s>\n<s>"), ["EXTRA_SPACE"], right],
    ["a space at the end", `${right} `, ["TRAILING_SPACE"], right],
    [
      "a space behind the beginning of an answer",
      `${right} See you, `,
      ["TRAILING_SPACE"],
      `${right} See you,`,
    ],
    [
      "Meta's default system message",
      formatChat([
        { role: "system", content: META_DEFAULT_SYSTEM_PROMPT.replace("  ", " ") },
        { role: "user", content: "Hi" },
      ]),
      ["DEFAULT_SYSTEM_PROMPT"],
      "<s>[INST] Hi [/INST]",
    ],
    ["no [/INST]", "<s>[INST] Hi", ["MISSING_END_INST", "MISSING_SPACE"], "<s>[INST] Hi [/INST]"],
    ["no tags at all", "Hi", ["TEXT_OUTSIDE_INST", "MISSING_INST"], "[INST] Hi [/INST]"],
    ["nothing at all", "", ["MISSING_INST"], "[INST]  [/INST]"],
  ])("%s", (_, prompt, codes, corrected) => {
    const result = lintPrompt(prompt);
    expect(result.findings.map(({ code }) => code)).toEqual(codes);
    expect(result.corrected).toBe(corrected);
  });

  test("a BOS that the server adds as well", () => {
    expect(lintPrompt(right, { bos: false })).toEqual({
      findings: [
        {
          code: "DOUBLE_BOS",
          message: "What reads this prompt adds <s> itself, which makes two.",
          offset: 0,
        },
      ],
      corrected: right.slice("<s>".length),
    });
    const { findings, corrected } = lintPrompt(right.slice(3), { bos: true });
    expect(findings.map(({ code }) => code)).toEqual(["MISSING_BOS"]);
    expect(corrected).toBe(right);
  });

  test("tells what is there, and where", () => {
    expect(lintPrompt("<s>[INST]  Hi [/INST]").findings).toEqual([
      { code: "EXTRA_SPACE", message: 'One space is due behind [INST]; there is "  ".', offset: 9 },
    ]);
  });
});

describe("finds nothing in a prompt that is right", () => {
  test("as recorded from Meta's code", () => {
    const texts = [
      ...golden.prompts.map(({ text }) => text),
      ...recorded
        .filter(({ must }) => !must.throws && !must.throws_by_default)
        .map((c) => c.meta.text),
    ];
    for (const text of texts) expect(lintPrompt(text)).toEqual({ findings: [], corrected: text });
  });

  test("whatever its messages hold, if it is no tag", () => {
    const random = createRandom(6);
    for (let round = 0; round < 500; round++) {
      const text = formatChat(randomConversation(random, true));
      expect(lintPrompt(text)).toEqual({ findings: [], corrected: text });
    }
  });
});

describe("in any text at all", () => {
  const random = createRandom(7);
  const texts = Array.from({ length: 2_000 }, () => randomText(random, 14));

  test("finds something if and only if the correction differs", () => {
    for (const text of texts) {
      const { findings, corrected } = lintPrompt(text);
      expect(findings.length === 0, JSON.stringify(text)).toBe(corrected === text);
    }
  });

  test("names places in it, in order", () => {
    for (const text of texts) {
      const offsets = lintPrompt(text).findings.map(({ offset }) => offset);
      expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
      expect(Math.min(0, ...offsets)).toBe(0);
      expect(Math.max(0, ...offsets)).toBeLessThanOrEqual(text.length);
    }
  });

  test("corrects it so that nothing is left to find, and the messages stay", () => {
    for (const text of texts) {
      const { corrected } = lintPrompt(text);
      const again = lintPrompt(corrected);
      expect(again.corrected, JSON.stringify(text)).toBe(corrected);
      expect(formatChat(parseChat(corrected), { continueFinalMessage: true })).toBeTypeOf("string");
    }
  });

  test("takes time in proportion to the text", () => {
    for (const part of ["<s>", "</s>", "[INST]", "[/INST]", "<<SYS>>", " ", "</s><s>", "x <s> "]) {
      expect(lintPrompt(part.repeat(10_000)).corrected.length).toBeGreaterThan(0);
    }
  });
});

test("canonical messages come back from a corrected prompt", () => {
  for (const { messages } of golden.prompts) {
    const sloppy = formatChat(messages).replaceAll("</s><s>[INST]", "</s>\n<s>[INST]");
    expect(parseChat(lintPrompt(sloppy).corrected)).toEqual(canonical(messages));
  }
});
