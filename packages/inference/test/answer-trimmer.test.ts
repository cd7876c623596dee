import { expect, test } from "vitest";
import { AnswerTrimmer } from "../src/answer-trimmer.ts";

function trim(pieces: string[], options: { continued?: boolean; modelEndedIt?: boolean } = {}) {
  const { continued = false, modelEndedIt = true } = options;
  const trimmer = new AnswerTrimmer({ continued });
  return pieces.map((piece) => trimmer.push(piece)).join("") + trimmer.flush(modelEndedIt);
}

test.each([
  { pieces: [" ", " Hello", " there", " "], expected: "Hello there" },
  { pieces: ["  Hello  there  "], expected: "Hello  there" },
  { pieces: [" a ", " ", " b"], expected: "a   b" },
  { pieces: [" \n\ncode\n "], expected: "\n\ncode\n" },
  { pieces: [" ", "  "], expected: "" },
])("$pieces becomes $expected", ({ pieces, expected }) => {
  expect(trim(pieces)).toBe(expected);
});

test("spaces at the end stay where it was not the model that ended", () => {
  expect(trim([" a", " "], { modelEndedIt: false })).toBe("a ");
});

test("spaces in front stay where the answer was begun in the prompt", () => {
  expect(trim([" a", " "], { continued: true })).toBe(" a");
});
