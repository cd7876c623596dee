import { expect, test } from "vitest";
import { collect, inParts, tokenizer } from "./collect.ts";

const paragraph = (index: number) => `Paragraph ${index}: the llama walks.\nIt rests in the shade.`;
const story = Array.from({ length: 50 }, (_, index) => paragraph(index)).join("\n\n");
const idsOf = (text: string) => [...tokenizer.encode(text)];

test("bare text is cut at paragraphs, into chunks that fill a sequence", async () => {
  const { examples, report } = await collect(inParts(`\n\n${story}\n`, 10), { sequenceLength: 64 });
  const chunks = examples.map(({ ids }) => [...ids]);
  expect(report).toMatchObject({ format: "text", rows: 25, examples: 25, droppedRows: 0 });
  expect(report.lossTokens).toBe(report.tokens - 25);
  // Every chunk is whole paragraphs as they stand, and together they are the story.
  const texts = chunks.map((ids) => tokenizer.decode(Int32Array.from(ids)));
  expect(texts.join("\n\n")).toBe(story);
  for (const [index, ids] of chunks.entries()) {
    const last = index === chunks.length - 1;
    expect(ids).toEqual([1, ...idsOf(texts[index] ?? ""), ...(last ? [2] : [])]);
    expect(ids.length).toBeLessThanOrEqual(64);
    if (!last) expect(ids.length).toBeGreaterThan(40);
    expect(examples[index]?.spans).toEqual([[1, ids.length]]);
  }
  expect(examples.slice(0, 3).map(({ line }) => line)).toEqual([3, 9, 15]);
});

test("a paragraph that is longer than a sequence goes on in the next, id for id", async () => {
  const long = "The llama walks over the mountains, and on. ".repeat(40).trim();
  const text = `Short.\n\n${long}\n\nShort again.`;
  const { examples, report } = await collect(inParts(text, 7), { sequenceLength: 64 });
  const bodies = examples.map(({ ids }) => [...ids.slice(1)]);
  expect(bodies[0]).toEqual(idsOf("Short."));
  const middle = bodies.slice(1, -1).flat();
  expect(middle).toEqual(idsOf(long));
  expect(bodies.at(-1)).toEqual([...idsOf("Short again."), 2]);
  expect(examples.every(({ ids }) => ids[0] === 1 && ids.length <= 64)).toBe(true);
  expect(report.rows).toBe(3);
});

test("EOS never stands behind BOS alone", async () => {
  const text = "llama ".repeat(9).trim();
  const tokens = idsOf(text).length;
  for (const sequenceLength of [tokens, tokens + 1, tokens + 2]) {
    const { examples } = await collect([{ text }], { sequenceLength });
    const lengths = examples.map(({ ids }) => ids.length);
    expect(lengths).toEqual([[tokens, 3], [tokens + 1], [tokens + 2]][sequenceLength - tokens]);
  }
});

test("a text without an end of line is cut all the same", async () => {
  const words = "llama ".repeat(60_000);
  const { examples } = await collect(inParts(words, 50_000), { sequenceLength: 512 });
  expect(examples.flatMap(({ ids }) => [...ids.slice(1)])).toEqual([...idsOf(words.trim()), 2]);
});

test("lines without empty ones between them do not become one paragraph", async () => {
  const lines = Array.from({ length: 5000 }, (_, index) => `Line ${index}.`).join("\n");
  const { examples, report } = await collect(inParts(lines, 1000), { sequenceLength: 512 });
  expect(report.rows).toBeGreaterThan(1);
  const text = examples.map(({ ids }) => tokenizer.decode(ids)).join(" ");
  expect(text.match(/Line/g)).toHaveLength(5000);
});

test("a row of JSON is a text of its own, with its own end", async () => {
  const rows = ["Once upon a time.", story, "The end."].map((text) => ({ text }));
  const { examples, report } = await collect(rows, { sequenceLength: 64 });
  expect(report).toMatchObject({ format: "text", rows: 3 });
  expect([...(examples[0]?.ids ?? [])]).toEqual([1, ...idsOf("Once upon a time."), 2]);
  expect(examples.filter(({ line }) => line === 2)).toHaveLength(25);
  expect(examples.filter(({ ids }) => ids.at(-1) === 2)).toHaveLength(3);
  const empty = await collect([{ text: " \n\n " }, "a"]);
  expect(empty.report.droppedBy).toEqual({ EMPTY_MESSAGE: 1 });
});

test("lines that are not UTF-8 are named, and the others read", async () => {
  const bytes = Buffer.concat([
    Buffer.from("One.\n\n"),
    Buffer.of(0xff, 10),
    Buffer.from("Two.\n"),
  ]);
  const { examples, report } = await collect(inParts(bytes, 3));
  expect(report.dropped).toMatchObject([{ line: 3, code: "BAD_UTF8" }]);
  expect(examples.map(({ ids }) => tokenizer.decode(ids))).toEqual(["One.\n\nTwo."]);
});

test("a bracket at the beginning makes no JSON of a text", async () => {
  const { report } = await collect(inParts("[INST] in brackets", 5));
  expect(report.format).toBe("llama2");
  const brackets = await collect(inParts("[1] A note.", 5));
  expect(brackets.report.format).toBe("text");
});
