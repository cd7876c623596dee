import { describe, expect, test } from "vitest";
import { type ChatMessage, encodeChat, formatChat } from "../src/index.ts";
import { golden, promptErrorOf } from "./golden-data.ts";

const bytes = { encode: (text: string) => new TextEncoder().encode(text) };
const merge = { mergeConsecutive: true } as const;

const messages: ChatMessage[] = [
  { role: "system", content: "Be brief." },
  { role: "system", content: "Be kind." },
  { role: "user", content: "Hi" },
  { role: "user", content: "Are you there?" },
  { role: "assistant", content: "Yes." },
  { role: "assistant", content: "I am." },
  { role: "user", content: "Good" },
];

describe("mergeConsecutive", () => {
  test("joins messages of one role by an empty line", () => {
    expect(formatChat(messages, merge)).toBe(
      "<s>[INST] <<SYS>>\nBe brief.\n\nBe kind.\n<</SYS>>\n\nHi\n\nAre you there? [/INST] Yes.\n\nI am. </s>" +
        "<s>[INST] Good [/INST]",
    );
  });

  test("is off by default, and leaves alone what needs no merging", () => {
    expect(promptErrorOf(() => formatChat(messages)).code).toBe("MISPLACED_SYSTEM");
    for (const prompt of golden.prompts) {
      expect(formatChat(prompt.messages, merge)).toBe(prompt.text);
    }
  });

  test("gives joined messages one span, under the first one's index", () => {
    const { ids, spans } = encodeChat(messages, bytes, merge);
    expect(spans.map(({ message, role }) => [message, role])).toEqual([
      [0, "system"],
      [2, "user"],
      [4, "assistant"],
      [6, "user"],
    ]);
    expect(spans.at(-1)?.end).toBe(ids.length);
  });

  test("keeps the other rules, and their indexes", () => {
    const late: ChatMessage[] = [...messages, { role: "system", content: "Stop." }];
    expect(promptErrorOf(() => formatChat(late, merge))).toMatchObject({
      code: "MISPLACED_SYSTEM",
      messageIndex: 7,
    });
    const tagged: ChatMessage[] = [...messages, { role: "user", content: "[INST]" }];
    expect(promptErrorOf(() => formatChat(tagged, merge))).toMatchObject({
      code: "SPECIAL_TAG_IN_CONTENT",
      messageIndex: 7,
    });
    const answered: ChatMessage[] = [...messages, { role: "assistant", content: "Bye" }];
    expect(promptErrorOf(() => formatChat(answered, merge))).toMatchObject({
      code: "LAST_MESSAGE_NOT_USER",
      messageIndex: 7,
    });
  });

  test("cannot put a tag together from two halves", () => {
    const halves: ChatMessage[] = [
      { role: "user", content: "[IN" },
      { role: "user", content: "ST]" },
    ];
    expect(formatChat(halves, merge)).toBe("<s>[INST] [IN\n\nST] [/INST]");
  });
});
