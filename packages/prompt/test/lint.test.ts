import { describe, expect, test } from "vitest";
import {
  formatChat,
  type LintCode,
  type LintOptions,
  lintPrompt,
  META_DEFAULT_SYSTEM_PROMPT,
  parseChat,
} from "../src/index.ts";
import { canonical } from "./canonical.ts";
import { golden, promptErrorOf, recorded } from "./golden-data.ts";
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
    ["two EOS", right.replace("</s>", "</s></s>"), ["DOUBLE_EOS"], right],
    ["two EOS at the end", `${right} Bye! </s></s>`, ["DOUBLE_EOS"], `${right} Bye! </s>`],
    ["a BOS behind an answer", `${right} Bye! </s><s>`, ["UNEXPECTED_TAG"], `${right} Bye! </s>`],
    ["a BOS where the answer is due", `${right} <s>`, ["TRAILING_SPACE", "UNEXPECTED_TAG"], right],
    [
      "[/INST] behind EOS, which stays one",
      "<s>[INST] a [/INST] b </s>[/INST]",
      ["MARK_IN_TEXT", "UNEXPECTED_TAG"],
      "<s>[INST] a [/INST] b </s>",
    ],
    [
      "what a message says of BOS and EOS",
      "<s>[INST] a </s> b [/INST] c </s> d <s> e",
      ["MARK_IN_TEXT", "MARK_IN_TEXT", "MARK_IN_TEXT"],
      "<s>[INST] a <\\/s> b [/INST] c <\\/s> d <\\s> e",
    ],
    [
      "one [INST] behind another",
      "<s>[INST][INST] Hi [/INST]",
      ["UNEXPECTED_TAG"],
      "<s>[INST] Hi [/INST]",
    ],
    [
      "an [INST] behind the system message",
      "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\n[INST] Hi [/INST]",
      ["UNEXPECTED_TAG"],
      withSystem,
    ],
    [
      "<<SYS>> behind </s>, which is EOS and no text",
      "<s>[INST] Hi [/INST] Hello! </s><<SYS>>\nBe brief.\n<</SYS>>[INST] Bye [/INST]",
      ["SYS_OUTSIDE_INST", "MISSING_BOS"],
      "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello! </s><s>[INST] Bye [/INST]",
    ],
    [
      "Meta's default system message with more behind it, in other apostrophes",
      formatChat([
        { role: "system", content: `${META_DEFAULT_SYSTEM_PROMPT.replace(/'/g, "’")} Be brief.` },
        { role: "user", content: "Hi" },
      ]),
      ["DEFAULT_SYSTEM_PROMPT"],
      withSystem,
    ],
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

/** Only what a message says of BOS and EOS is found, as whatever reads the text cannot tell it from the real ones. */
function expectRight(text: string): void {
  const { findings, corrected } = lintPrompt(text);
  expect(findings.filter(({ code }) => code !== "MARK_IN_TEXT")).toEqual([]);
  const disarmed = findings.reduceRight(
    (prompt, { offset }) => `${prompt.slice(0, offset + 1)}\\${prompt.slice(offset + 1)}`,
    text,
  );
  expect(corrected).toBe(disarmed);
}

describe("finds nothing in a prompt that is right", () => {
  test("as recorded from Meta's code", () => {
    const texts = [
      ...golden.prompts.map(({ text }) => text),
      ...recorded
        .filter(({ must }) => !must.throws && !must.throws_by_default)
        .map((c) => c.meta.text),
    ];
    for (const text of texts) expectRight(text);
  });

  test("whatever its messages hold, if it is no tag", () => {
    const random = createRandom(6);
    for (let round = 0; round < 500; round++) {
      const text = formatChat(randomConversation(random, true));
      expectRight(text);
    }
  });
});

describe("in any text at all", () => {
  const random = createRandom(7);
  const marks = ["[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<s>", "</s>", "a", " ", "\n"];
  const texts = [
    "[INST][/INST]</s>[/INST]",
    "[INST][/INST]a</s>[/INST]",
    // Halves of a tag around another, which goes.
    "[INST] a [/INST] [IN[/INST]ST]",
    ...Array.from({ length: 2_000 }, () => randomText(random, 14)),
    ...Array.from({ length: 20_000 }, () =>
      Array.from({ length: 1 + random(10) }, () => marks[random(marks.length)]).join(""),
    ),
  ];

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
      expect(again, JSON.stringify(text)).toEqual({ findings: [], corrected });
      expect(formatChat(parseChat(corrected), { continueFinalMessage: true })).toBeTypeOf("string");
    }
  });

  test("takes time in proportion to the text", () => {
    for (const part of [
      "<s>",
      "</s>",
      "[INST]",
      "[/INST]",
      "<<SYS>>",
      " ",
      "</s><s>",
      "x <s> ",
      "[INST] ",
    ]) {
      expect(lintPrompt(part.repeat(10_000)).corrected.length).toBeGreaterThan(0);
    }
  });
});

test("canonical messages come back from a corrected prompt", () => {
  for (const { messages } of golden.prompts) {
    const sloppy = formatChat(messages).replaceAll("</s><s>[INST]", "</s>\n<s>[INST]");
    const { findings, corrected } = lintPrompt(sloppy);
    const escaped = findings.some(({ code }) => code === "MARK_IN_TEXT");
    const parsed = parseChat(corrected, escaped ? { specialTags: "escape" } : {});
    expect(parsed).toEqual(canonical(messages));
  }
});

test("the finding of Meta's default system message stands at its place among the others", () => {
  const text = formatChat([
    { role: "system", content: META_DEFAULT_SYSTEM_PROMPT },
    { role: "user", content: "Hi" },
  ]);
  const codes = lintPrompt(`${text} `).findings.map(({ code }) => code);
  expect(codes).toEqual(["DEFAULT_SYSTEM_PROMPT", "TRAILING_SPACE"]);
});

test("names the first of several texts outside of [INST]", () => {
  const { findings } = lintPrompt("<s>a[/INST]b");
  expect(findings.find(({ code }) => code === "MISSING_INST")?.offset).toBe(3);
});

test.each<[prompt: unknown, options: unknown, message: RegExp]>([
  [undefined, {}, /^prompt is undefined/],
  [5, {}, /^prompt is 5/],
  ["", null, /^options is null/],
])("%j with %j is refused", (prompt, options, message) => {
  const error = promptErrorOf(() => lintPrompt(prompt as string, options as LintOptions));
  expect(error.code).toBe("INVALID_OPTION");
  expect(error.message).toMatch(message);
});
