import { expect, test } from "vitest";
import { TokenDecoder } from "../../src/text/token-decoder.ts";
import { useCria } from "../support/cria.ts";

const cria = useCria();

/** A detokenizer for tokens that are single bytes: what is hardest about decoding, and nothing else. */
const bytesToText = (bytes: readonly number[]) => Buffer.from(bytes).toString("utf8");

function decode(bytes: Iterable<number>): string[] {
  const decoder = new TokenDecoder(bytesToText, []);
  return [...[...bytes].map((byte) => decoder.push(byte)), decoder.flush()];
}

const loneSurrogate = /\p{Surrogate}/u;

test.each(["plain", "é", "你好", "😀😁", "a😀b", "\ufffd", "e\u0301", "👩‍👩‍👧"])(
  "%s comes whole, each character as soon as it is complete",
  (text) => {
    const pieces = decode(Buffer.from(text));
    expect(pieces.join("")).toBe(text);
    expect(pieces.some((piece) => loneSurrogate.test(piece))).toBe(false);
  },
);

test("bytes that are no text come out as if they were decoded at once, whatever they are", () => {
  let state = 1;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state;
  };
  for (let round = 0; round < 2000; round++) {
    // Bytes above 127 mostly, many of them such as begin or continue a character.
    const bytes = Array.from({ length: random() % 12 }, () =>
      random() % 4 ? 128 + (random() % 128) : 97,
    );
    const pieces = decode(bytes);
    expect({ bytes, text: pieces.join("") }).toEqual({ bytes, text: bytesToText(bytes) });
  }
});

test("a long run of bytes that are no text is not held back", () => {
  const pieces = decode(Array.from({ length: 20 }, () => 0x80));
  expect(pieces.slice(0, 10).join("").length).toBeGreaterThan(5);
});

test("with cria's vocabulary, pieces add up to the text, the spaces included", () => {
  const texts = [
    "Hello there",
    " two  spaces ",
    "1 + 2 = 3",
    "日本語 and 😀, naïve",
    "tab\tand\nline",
    "x",
  ];
  for (const text of texts) {
    const ids = cria().tokenize(text);
    const decoder = new TokenDecoder((tokens, before) => {
      const prefix = cria().detokenize(before);
      return cria()
        .detokenize([...before, ...tokens])
        .slice(prefix.length);
    }, []);
    const pieces = [...ids.map((id) => decoder.push(id)), decoder.flush()];
    expect(pieces.join("")).toBe(text);
  }
});
