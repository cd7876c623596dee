import { describe, expect, test } from "vitest";
import { type ChatMessage, chatSegments, formatChat } from "../src/index.ts";
import { strip, stripEnd } from "../src/python-strip.ts";
import { golden } from "./golden-data.ts";

const conversation: ChatMessage[] = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Hi" },
  { role: "assistant", content: "Hello!" },
  { role: "user", content: "Bye" },
];

describe("formatChat", () => {
  test("lays out a conversation, space by space", () => {
    expect(formatChat(conversation)).toBe(
      "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello! </s><s>[INST] Bye [/INST]",
    );
  });

  test("adds no system message of its own", () => {
    expect(formatChat([{ role: "user", content: "Hi" }])).toBe("<s>[INST] Hi [/INST]");
  });

  test("is the segments joined", () => {
    for (const { messages } of golden.prompts) {
      const segments = chatSegments(messages);
      const joined = segments.map(({ text, eos }) => `<s>${text}${eos ? "</s>" : ""}`).join("");
      expect(formatChat(messages)).toBe(joined);
    }
  });

  test("keeps what it cannot understand: half a surrogate pair", () => {
    expect(formatChat([{ role: "user", content: "\ud83e" }])).toBe("<s>[INST] \ud83e [/INST]");
  });

  test("leaves the messages as they are", () => {
    const frozen = Object.freeze(conversation.map((message) => Object.freeze({ ...message })));
    formatChat(frozen);
    expect(frozen).toEqual(conversation);
  });
});

describe("bos", () => {
  test("false leaves out the first <s> and nothing else", () => {
    for (const { messages, text } of golden.prompts) {
      expect(formatChat(messages, { bos: false })).toBe(text.slice("<s>".length));
    }
    const flags = chatSegments(conversation, { bos: false }).map(({ bos }) => bos);
    expect(flags).toEqual([false, true]);
  });
});

describe("continueFinalMessage", () => {
  const begun: ChatMessage[] = [...conversation, { role: "assistant", content: " See " }];

  test("leaves the answer open, without a space or EOS behind it", () => {
    expect(chatSegments(begun, { continueFinalMessage: true }).at(-1)).toEqual({
      text: "[INST] Bye [/INST] See",
      bos: true,
      eos: false,
    });
  });

  test("closes the answers before it", () => {
    const text = formatChat(begun, { continueFinalMessage: true });
    expect(text).toContain(" Hello! </s>");
  });

  test("changes nothing where the user speaks last", () => {
    expect(formatChat(conversation, { continueFinalMessage: true })).toBe(formatChat(conversation));
  });
});

describe("closeFinalMessage", () => {
  const answered: ChatMessage[] = [...conversation, { role: "assistant", content: " See " }];

  test("ends the last answer as those before it", () => {
    expect(chatSegments(answered, { closeFinalMessage: true }).at(-1)).toEqual({
      text: "[INST] Bye [/INST] See ",
      bos: true,
      eos: true,
    });
    const goesOn = formatChat([...answered, { role: "user", content: "!" }]);
    expect(goesOn).toBe(`${formatChat(answered, { closeFinalMessage: true })}<s>[INST] ! [/INST]`);
  });

  test("changes nothing where the user speaks last, and is refused beside continueFinalMessage", () => {
    expect(formatChat(conversation, { closeFinalMessage: true })).toBe(formatChat(conversation));
    const both = { closeFinalMessage: true, continueFinalMessage: true };
    expect(() => formatChat(answered, both)).toThrow(/^closeFinalMessage is true: /);
  });
});

describe("strip", () => {
  test("takes what Python's str.strip takes, of all code units", () => {
    const taken = [];
    for (let unit = 0; unit <= 0xffff; unit++) {
      const char = String.fromCharCode(unit);
      const edged = `${char}a${char}`;
      if (strip(edged) !== edged) taken.push([unit, strip(edged), stripEnd(edged), strip(char)]);
    }
    const wanted = golden.strippedCodePoints.map((point) => {
      return [point, "a", `${String.fromCharCode(point)}a`, ""];
    });
    expect(taken).toEqual(wanted);
  });

  test("takes time in proportion to the text, whatever the text", () => {
    // A regular expression that backtracks does not come to an end within the test's time limit here.
    const spaces = " ".repeat(1 << 20);
    expect(strip(spaces)).toBe("");
    expect(strip(`a${spaces}b${spaces}`)).toBe(`a${spaces}b`);
    const content = `a${spaces}b`;
    expect(formatChat([{ role: "user", content }])).toBe(`<s>[INST] ${content} [/INST]`);
  });
});
