import { describe, expect, test } from "vitest";
import { StopStringFilter } from "../src/stop-strings.ts";

/** Runs the pieces through a filter; returns what it let through, and the stop string it found. */
function filter(pieces: string[], stopStrings: string[]) {
  const stops = new StopStringFilter(stopStrings);
  const shown = pieces.map((piece) => stops.push(piece));
  return { pieces: shown, text: shown.join("") + stops.flush(), found: stops.found };
}

/** Every way to cut a text in three, most of them with an empty piece or two. */
function* cuts(text: string): Generator<string[]> {
  for (let i = 0; i <= text.length; i++) {
    for (let j = i; j <= text.length; j++)
      yield [text.slice(0, i), text.slice(i, j), text.slice(j)];
  }
}

describe("what comes through does not depend on where the pieces are cut", () => {
  test.each([
    { text: "one END two", stop: ["END"], shown: "one ", found: "END" },
    { text: "no stop here, EN", stop: ["END"], shown: "no stop here, EN", found: undefined },
    { text: "aaab", stop: ["aab"], shown: "a", found: "aab" },
    { text: "ababac", stop: ["abac"], shown: "ab", found: "abac" },
    { text: "x abcdef", stop: ["abcdef", "cd"], shown: "x ab", found: "cd" },
    { text: "x abcd", stop: ["cd", "abcd"], shown: "x ", found: "abcd" },
    { text: "stop at once", stop: ["stop", "st"], shown: "", found: "st" },
    { text: "a\n\nb", stop: ["\n\n"], shown: "a", found: "\n\n" },
    { text: "smile 😀 end", stop: ["😀"], shown: "smile ", found: "😀" },
    { text: "all of it", stop: [], shown: "all of it", found: undefined },
  ])("$text, stop at $stop", ({ text, stop, shown, found }) => {
    for (const pieces of cuts(text)) {
      const result = filter(pieces, stop);
      expect([pieces, result.text, result.found]).toEqual([pieces, shown, found]);
    }
  });
});

test("only what may begin a stop string is held back", () => {
  const { pieces } = filter(["a E", "N", "x E", "ND"], ["END"]);
  expect(pieces).toEqual(["a ", "", "ENx ", ""]);
});

test("nothing comes through after a stop string", () => {
  const { pieces } = filter(["a END", " b", "c"], ["END"]);
  expect(pieces).toEqual(["a ", "", ""]);
});
