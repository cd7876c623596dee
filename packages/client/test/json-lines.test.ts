import { expect, test } from "vitest";
import { parseJsonLines } from "../src/index.ts";
import { cut, streamOf } from "./chunked.ts";

async function parse(text: string, size: number, maxLineLength?: number): Promise<unknown[]> {
  const values: unknown[] = [];
  const source = streamOf(cut(new TextEncoder().encode(text), size));
  for await (const value of parseJsonLines(source, { maxLineLength })) values.push(value);
  return values;
}

const SIZES = [1, 2, 3, 7, 1000];

test.each([
  ["nothing", "", []],
  ["lines", '{"a":1}\n[2]\n"🦙"\n', [{ a: 1 }, [2], "🦙"]],
  ["CRLF", '{"a":1}\r\n2\r\n', [{ a: 1 }, 2]],
  ["a last line without a newline", "1\n2", [1, 2]],
  ["blank lines", "\n\n1\n  \n\r\n2\n\n", [1, 2]],
  ["other line ends of Unicode within a string", '"a\u2028b"\n', ["a\u2028b"]],
])("%s", async (_name, text, values) => {
  for (const size of SIZES) expect(await parse(text, size)).toEqual(values);
});

test("a line that is no JSON is told, with its beginning", async () => {
  for (const size of SIZES) {
    await expect(parse('1\n{"a":\n2\n', size)).rejects.toMatchObject({
      code: "BAD_RESPONSE",
      message: expect.stringContaining(JSON.stringify('{"a":')),
    });
  }
});

test("a line that is too long is refused", async () => {
  for (const size of SIZES.slice(0, -1)) {
    await expect(parse("x".repeat(200), size, 100)).rejects.toMatchObject({ code: "BAD_RESPONSE" });
  }
});
