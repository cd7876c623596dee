import { expect, test } from "vitest";
import { EncodedTexts } from "../src/encoded-texts.ts";

function createTexts(): { texts: EncodedTexts; encoded: string[] } {
  const encoded: string[] = [];
  const texts = new EncodedTexts((text) => {
    encoded.push(text);
    return [text.length];
  });
  return { texts, encoded };
}

test("a text is encoded once, as long as it is kept", () => {
  const { texts, encoded } = createTexts();
  expect([texts.encode("one"), texts.encode("three"), texts.encode("one")]).toEqual([
    [3],
    [5],
    [3],
  ]);
  expect(encoded).toEqual(["one", "three"]);
});

test("what has not been used for longest is forgotten, and memory stays bounded", () => {
  const { texts, encoded } = createTexts();
  const long = (letter: string) => letter.repeat(400_000);
  for (const letter of ["a", "b", "a", "c", "a", "b"]) texts.encode(long(letter));
  expect(encoded.map((text) => text[0])).toEqual(["a", "b", "c", "b"]);
  texts.encode("x".repeat(3_000_000)); // more than is kept at all
  expect(texts.encode("y")).toEqual([1]);
});
