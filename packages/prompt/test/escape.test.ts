import { describe, expect, test } from "vitest";
import { escapeTags, formatChat, parseChat, unescapeTags } from "../src/index.ts";
import { canonical } from "./canonical.ts";
import { golden } from "./golden-data.ts";
import { createRandom, randomConversation, randomText } from "./random-conversation.ts";

const TAG = /\[\/?INST\]|<<\/?SYS>>|<\/?s>/;

describe("escapeTags", () => {
  test.each([
    ["[INST]", "[\\INST]"],
    ["a [/INST] b", "a [\\/INST] b"],
    ["<<SYS>><</SYS>>", "<<\\SYS>><<\\/SYS>>"],
    ["<s></s>", "<\\s><\\/s>"],
    ["<<s>>", "<<\\s>>"],
    ["<<<SYS>>>", "<<<\\SYS>>>"],
    ["[\\INST]", "[\\\\INST]"],
    ["[[INST]", "[[\\INST]"],
  ])("%s becomes %s, and back", (text, escaped) => {
    expect(escapeTags(text)).toBe(escaped);
    expect(unescapeTags(escaped)).toBe(text);
  });

  test.each(["", "[inst]", "[ INST ]", "<SYS>", "\\", "[\\x]", "<S>", "C:\\s>", "[INST"])(
    "leaves %j alone",
    (text) => expect(escapeTags(text)).toBe(text),
  );

  test("leaves no tag in any text, and unescapeTags finds the way back", () => {
    const random = createRandom(1);
    const texts = Array.from({ length: 5_000 }, () => randomText(random, 12));
    const escaped = texts.map(escapeTags);
    expect(escaped.filter((text) => TAG.test(text))).toEqual([]);
    expect(escaped.map(unescapeTags)).toEqual(texts);
    // Twice is another text than once, or two texts would become the same one.
    expect(escaped.map(escapeTags).map(unescapeTags)).toEqual(escaped);
    expect(escaped.filter((text, index) => text !== texts[index]).length).toBeGreaterThan(1_000);
  });

  test("takes time in proportion to the text, whatever the text", () => {
    const long = 1 << 18;
    for (const part of ["[", "<", "[\\", "\\", "<\\", "[/"]) {
      const text = part.repeat(long);
      expect(unescapeTags(escapeTags(text))).toBe(text);
    }
  });
});

describe('specialTags: "escape"', () => {
  test("lets no message forge a tag: a prompt has those of its own frame alone", () => {
    const random = createRandom(2);
    for (let round = 0; round < 500; round++) {
      const messages = randomConversation(random);
      const empty = messages.map((message) => ({ ...message, content: "x" }));
      const tags = (text: string) => text.match(new RegExp(TAG, "g"));
      expect(tags(formatChat(messages, { specialTags: "escape" }))).toEqual(
        tags(formatChat(empty)),
      );
    }
  });

  test("is undone by parseChat, for any message", () => {
    const random = createRandom(4);
    for (let round = 0; round < 1_000; round++) {
      const messages = randomConversation(random);
      const text = formatChat(messages, { specialTags: "escape" });
      expect(parseChat(text, { specialTags: "escape" })).toEqual(canonical(messages));
    }
  });

  test("changes nothing in a conversation without tags", () => {
    const plain = golden.prompts.filter(
      ({ messages }) => !messages.some((m) => TAG.test(m.content)),
    );
    expect(plain.length).toBeGreaterThan(100);
    for (const { messages, text } of plain) {
      expect(formatChat(messages, { specialTags: "escape" })).toBe(text);
    }
  });

  test("serves the conversations that are refused by default", () => {
    for (const { messages } of golden.tags) {
      const text = formatChat(messages, { specialTags: "escape" });
      expect(parseChat(text, { specialTags: "escape" })).toEqual(canonical(messages));
    }
  });
});
