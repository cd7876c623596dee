import { expect, test } from "vitest";
import { readLines } from "../src/lines.ts";

const encoder = new TextEncoder();

/** The lines of bytes that come in chunks of a size. */
async function linesOf(bytes: Uint8Array, chunkSize: number): Promise<string[]> {
  async function* chunks() {
    for (let start = 0; start < bytes.length; start += chunkSize) {
      yield bytes.subarray(start, start + chunkSize);
    }
  }
  const lines: string[] = [];
  for await (const line of readLines(chunks())) lines.push(line);
  return lines;
}

test.each([
  ["one\ntwo\n", ["one", "two"]],
  ["one\r\ntwo\r\n", ["one", "two"]],
  ["one\ntwo", ["one", "two"]],
  ["one\n\n\ntwo\n\n", ["one", "", "", "two", ""]],
  ["", []],
  ["\n", [""]],
  ["one\r", ["one"]],
  ["a\rb\u2028c\nd", ["a\rb\u2028c", "d"]],
  ["\ufeffHé 🦙\n日本\n", ["Hé 🦙", "日本"]],
])("%j, wherever it is cut", async (text, expected) => {
  const bytes = encoder.encode(text);
  for (let size = 1; size <= bytes.length + 1; size++) {
    expect(await linesOf(bytes, size)).toEqual(expected);
  }
});

test("a line of many megabytes is put together", async () => {
  const [line] = await linesOf(encoder.encode("x".repeat(50_000_000)), 65_536);
  expect(line).toHaveLength(50_000_000);
});
