import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type DatasetProgress, readDataset } from "../../src/index.ts";
import { collect, inParts, tokenizer } from "./collect.ts";

const NAMES = [
  "openai.jsonl",
  "sharegpt.json",
  "alpaca.json",
  "guanaco.jsonl",
  "llama2.jsonl",
  "guanaco.txt",
  "llama2.txt",
];
const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

describe("cut anywhere, a stream is read as the file:", () => {
  test.each(NAMES)("%s", async (name) => {
    const text = readFileSync(fixture(name), "utf8");
    const bytes = readFileSync(fixture(name));
    const expected = await collect(fixture(name));
    expect(expected.examples.length).toBeGreaterThan(2);
    // Parts of one character cut surrogate pairs, parts of one byte every character that is not ASCII.
    for (const size of [1, 2, 3, 7, 64, 1000]) {
      expect(await collect(inParts(text, size))).toEqual(expected);
      expect(await collect(inParts(bytes, size))).toEqual(expected);
    }
  });
});

test("byte order marks and carriage returns of Windows make no difference", async () => {
  for (const name of NAMES) {
    const text = `\ufeff${readFileSync(fixture(name), "utf8").replaceAll("\n", "\r\n")}`;
    const { examples, report } = await collect(inParts(text, 100));
    const expected = await collect(fixture(name));
    expect(report.rows).toBe(expected.report.rows);
    // Within bare text a carriage return is the text's own.
    if (name.endsWith(".txt")) continue;
    expect(examples).toEqual(expected.examples);
  }
});

test("an empty file, an empty list and an empty array have no examples", async () => {
  for (const source of [inParts("", 1), inParts("\n \n", 1), inParts("[ ]\n", 1), []]) {
    const { examples, report } = await collect(source);
    expect(examples).toEqual([]);
    expect(report).toMatchObject({ rows: 0, droppedRows: 0, format: undefined });
  }
});

/** Rows without end, and how many were taken. */
function endlessRows() {
  const row = `${JSON.stringify({ text: "### Human: Hi### Assistant: Hello!" })}\n`;
  const state = { rows: 0, closed: false };
  async function* rows() {
    try {
      for (;;) {
        state.rows++;
        yield row;
      }
    } finally {
      state.closed = true;
    }
  }
  return { state, rows };
}

test("no more is read than is asked for, and who leaves the loop closes the source", async () => {
  const { state, rows } = endlessRows();
  let taken = 0;
  for await (const { line } of readDataset(rows(), { tokenizer })) {
    taken = line;
    if (line === 1000) break;
  }
  expect(taken).toBe(1000);
  // Some kilobytes are read ahead to tell the format.
  expect(state.rows).toBeLessThan(1200);
  expect(state.closed).toBe(true);
});

test("a large stream takes little memory", async () => {
  const row = (text: string) => Buffer.from(`${JSON.stringify({ text })}\n`);
  const words = "word ".repeat(2000);
  // Nearly all are dropped, which takes little time.
  const [kept, dropped] = [row(`### Human: Hi### Assistant: ${words}`), row(`### Human: ${words}`)];
  const parts = 10_000;
  async function* rows() {
    for (let at = 0; at < parts; at++) yield at % 100 === 0 ? kept : dropped;
  }
  const before = process.memoryUsage().rss;
  let most = 0;
  let examples = 0;
  const data = readDataset(rows(), { tokenizer, sequenceLength: 4096 });
  for await (const { ids } of data) {
    examples += 1;
    expect(ids.length).toBeGreaterThan(2000);
    if (examples % 5 === 0) most = Math.max(most, process.memoryUsage().rss);
  }
  expect(data.report).toMatchObject({ rows: parts, examples: parts / 100, droppedRows: 9_900 });
  // 100 megabytes of text, of which none is kept.
  expect(most - before).toBeLessThan(64 * 2 ** 20);
});

describe("an abort", () => {
  test("ends the loop with its reason, while it works", async () => {
    const { state, rows } = endlessRows();
    const controller = new AbortController();
    const reason = new Error("enough");
    const act = async () => {
      const options = { tokenizer, signal: controller.signal };
      for await (const { line } of readDataset(rows(), options)) {
        if (line === 500) setTimeout(() => controller.abort(reason));
      }
    };
    await expect(act()).rejects.toBe(reason);
    await expect.poll(() => state.closed).toBe(true);
  });

  test("ends a list and a file as well", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(collect(["x"], { signal })).rejects.toBe(signal.reason);
    await expect(collect(fixture("alpaca.json"), { signal })).rejects.toBe(signal.reason);
  });

  test("does not wait for a source that waits", async () => {
    const controller = new AbortController();
    async function* silent(): AsyncGenerator<string> {
      yield "";
      await new Promise(() => {});
    }
    const reading = collect(silent(), { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 10);
    await expect(reading).rejects.toThrow("enough");
  });
});

test("progress is told now and then, and at the end", async () => {
  const rows = Array.from({ length: 1000 }, () => "### Human: Hi### Assistant: Hello!");
  const news: DatasetProgress[] = [];
  await collect(rows, { onProgress: (progress) => news.push(progress) });
  expect(news.length).toBeGreaterThan(2);
  expect(news.at(-1)).toEqual({ rows: 1000, examples: 1000, bytes: 0, totalBytes: undefined });

  const size = readFileSync(fixture("alpaca.json")).length;
  await collect(fixture("alpaca.json"), { onProgress: (progress) => news.push(progress) });
  expect(news.at(-1)).toEqual({ rows: 3, examples: 3, bytes: size, totalBytes: size });
});
