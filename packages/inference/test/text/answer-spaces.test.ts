import { expect, test } from "vitest";
import { LeadingSpaces, TrailingSpaces } from "../../src/text/answer-spaces.ts";

test.each([
  { pieces: [" ", " Hello", " there "], expected: "Hello there " },
  { pieces: ["  Hello  there"], expected: "Hello  there" },
  { pieces: [" \n\n code"], expected: "\n\n code" },
  { pieces: [" ", "  "], expected: "" },
])("in front, $pieces becomes $expected", ({ pieces, expected }) => {
  const spaces = new LeadingSpaces();
  expect(pieces.map((piece) => spaces.push(piece)).join("")).toBe(expected);
});

test.each([
  { pieces: ["Hello", " there", " "], expected: "Hello there" },
  { pieces: ["a ", " ", " b"], expected: "a   b" },
  { pieces: ["code\n "], expected: "code\n" },
])("at the end, $pieces becomes $expected where the model ended it", ({ pieces, expected }) => {
  const spaces = new TrailingSpaces();
  const text = pieces.map((piece) => spaces.push(piece)).join("");
  expect(text + spaces.flush(true)).toBe(expected);
});

test("they stay where it was not the model that ended", () => {
  const spaces = new TrailingSpaces();
  expect(spaces.push("a ") + spaces.push(" ") + spaces.flush(false)).toBe("a  ");
});
