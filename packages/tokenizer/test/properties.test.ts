import { describe, expect, test, vi } from "vitest";
import { llama2Tokenizer } from "../src/llama2.ts";
import { golden } from "./golden-data.ts";
import { Random, randomText, wellFormed } from "./random-text.ts";

const tokenizer = llama2Tokenizer();
const random = new Random(42);
const texts = [
  ...golden.encode.map(([text]) => text),
  ...Array.from({ length: 400 }, () => randomText(random) + randomText(random)),
];

function isInsidePair(text: string, index: number): boolean {
  return (
    /[\ud800-\udbff]/.test(text.charAt(index - 1)) && /[\udc00-\udfff]/.test(text.charAt(index))
  );
}

describe("streaming", () => {
  test.each([
    {},
    { keepFirstSpace: true },
    { specialTokens: "show" },
    { keepFirstSpace: true, specialTokens: "show" },
  ] as const)("joined is what decode gives, with %j", (options) => {
    const lists = [
      ...golden.decode.map(([ids]) => ids),
      ...texts.map((text) => tokenizer.encode(text)),
    ];
    const decoder = tokenizer.createDecoder(options);
    for (const ids of lists) {
      const parts = Array.from(ids, (id) => decoder.push(id));
      expect(parts.join("") + decoder.flush()).toBe(tokenizer.decode(ids, options));
    }
  });

  test("never gives half a character, and holds back no more than one", () => {
    const decoder = tokenizer.createDecoder();
    const shown = Array.from(tokenizer.encode("a😀é🦙"), (id) => decoder.push(id));
    expect(shown).toEqual(["a", "", "", "", "😀", "é", "", "", "", "🦙"]);
    expect(decoder.flush()).toBe("");
  });

  test("ends an incomplete character with U+FFFD, one for each byte", () => {
    const decoder = tokenizer.createDecoder();
    const [, first, second, third] = tokenizer.encode("😀");
    for (const id of [first, second, third]) expect(decoder.push(id as number)).toBe("");
    expect(decoder.flush()).toBe("\ufffd\ufffd\ufffd");
    expect(decoder.push(15043)).toBe("Hello");
  });
});

describe("offsets", () => {
  test("cover the text in order, and come with the ids that encode gives", () => {
    for (const text of texts) {
      const { ids, offsets } = tokenizer.encodeWithOffsets(text);
      expect(ids.join()).toBe(tokenizer.encode(text).join());
      expect(offsets.length).toBe(ids.length + 1);
      expect(offsets[0]).toBe(0);
      expect(offsets.at(-1)).toBe(text.length);
      const replaced = wellFormed(text);
      for (let index = 0; index < ids.length; index++) {
        const start = offsets[index] as number;
        const end = offsets[index + 1] as number;
        expect(end).toBeGreaterThanOrEqual(start);
        expect(isInsidePair(text, start)).toBe(false);
        const piece = tokenizer.idToToken(ids[index] as number) ?? "";
        if (/^<0x..>$/.test(piece)) continue;
        const part = replaced.slice(start, end).replaceAll(" ", "▁");
        if (index === 0) expect([part, `▁${part}`]).toContain(piece);
        else expect(part).toBe(piece);
      }
    }
  });

  test("give a character of several ids to the first, and nothing to what the text does not have", () => {
    const { ids, offsets } = tokenizer.encodeWithOffsets("😀!", { bos: true, eos: true });
    expect([...ids]).toEqual([1, 29871, 243, 162, 155, 131, 29991, 2]);
    expect([...offsets]).toEqual([0, 0, 0, 2, 2, 2, 2, 3, 3]);
  });
});

test("count is the number of ids", () => {
  for (const text of texts) {
    const { length } = tokenizer.encode(text);
    expect(tokenizer.count(text)).toBe(length);
    expect(tokenizer.count(text, { bos: true, eos: true })).toBe(length + 2);
    expect(tokenizer.countUpTo(text, length)).toBe(length);
    if (length > 0) expect(tokenizer.countUpTo(text, length - 1)).toBe(-1);
  }
});

describe.each(["end", "start"] as const)("truncate at the %s", (side) => {
  function check(text: string, limit: number, length: number): void {
    const kept = tokenizer.truncate(text, limit, { side });
    expect(tokenizer.count(kept)).toBeLessThanOrEqual(limit);
    expect(side === "end" ? text.startsWith(kept) : text.endsWith(kept)).toBe(true);
    const cut = side === "end" ? kept.length : text.length - kept.length;
    expect(isInsidePair(text, cut)).toBe(false);
    // A character has four ids at most, and what begins inside a word one more for the space before it.
    if (limit >= 6 && length > limit) expect(tokenizer.count(kept)).toBeGreaterThan(limit - 6);
  }

  test("never exceeds, never splits a character, and keeps all that fits", () => {
    for (const text of texts) {
      const { length } = tokenizer.encode(text);
      expect(tokenizer.truncate(text, length, { side })).toBe(text);
      for (const limit of [0, 1, 2, 3, length >> 1, Math.max(0, length - 1)]) {
        check(text, limit, length);
      }
    }
  });

  test("counts BOS and EOS", () => {
    expect(tokenizer.truncate("Hello you", 3, { side, bos: true })).toBe("Hello you");
    expect(tokenizer.truncate("Hello you", 2, { side, bos: true })).toBe(
      side === "end" ? "Hello" : "you",
    );
    expect(tokenizer.truncate("Hello you", 2, { side, bos: true, eos: true })).toBe("");
  });

  test("does not read all of a long text", () => {
    const text = "Hello you ".repeat(200_000);
    const calls = vi.spyOn(String.prototype, "charCodeAt");
    const kept = tokenizer.truncate(text, 100, { side });
    const units = calls.mock.calls.length;
    calls.mockRestore();
    expect(kept.length).toBeGreaterThan(300);
    expect(units).toBeGreaterThan(kept.length);
    // A count looks at one window of the whole; all else works on a part that a hundred ids can cover.
    expect(units).toBeLessThan(20_000);
  });
});

describe("split", () => {
  test("parts fit, and join to the text", () => {
    for (const text of texts) {
      for (const maxTokens of [6, 20]) {
        const parts = tokenizer.split(text, { maxTokens });
        expect(parts.map((part) => part.text).join("")).toBe(text);
        for (const { text: part, start, end, tokens } of parts) {
          expect(text.slice(start, end)).toBe(part);
          expect(tokenizer.count(part)).toBe(tokens);
          expect(tokens).toBeLessThanOrEqual(maxTokens);
          expect(isInsidePair(text, start)).toBe(false);
        }
      }
    }
  });

  test("overlapping parts fit, go on, and repeat no more than they may", () => {
    for (const text of texts) {
      const parts = tokenizer.split(text, { maxTokens: 12, overlap: 5 });
      let end = 0;
      for (const part of parts) {
        expect(part.start).toBeLessThanOrEqual(end);
        expect(part.end).toBeGreaterThan(end);
        expect(tokenizer.count(text.slice(part.start, end))).toBeLessThanOrEqual(5);
        expect(part.tokens).toBeLessThanOrEqual(12);
        end = part.end;
      }
      expect(end).toBe(text.length);
    }
  });

  test("a long text takes time in proportion", () => {
    const text = "Hello you, how are you? ".repeat(10_000);
    const parts = tokenizer.split(text, { maxTokens: 100, overlap: 10, bos: true });
    expect(parts.length).toBeGreaterThan(700);
    expect(parts.at(-1)?.end).toBe(text.length);
  });

  test("says so if a character does not fit", () => {
    expect(() => tokenizer.split("Hi 😀", { maxTokens: 3 })).toThrow(/"😀" at index 3/);
  });
});
