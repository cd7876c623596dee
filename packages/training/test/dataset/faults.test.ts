import { PromptError } from "@llama2-kit/prompt";
import { describe, expect, test } from "vitest";
import { readDataset, TrainingError } from "../../src/index.ts";
import { collect, tokenizer } from "./collect.ts";

const user = (content: string) => ({ role: "user", content }) as const;
const assistant = (content: string) => ({ role: "assistant", content }) as const;
const good = { messages: [user("Hi"), assistant("Hello!")] };

/** The bytes of some lines, each given as a text, bytes, or a value to write as JSON. */
async function* file(...lines: unknown[]): AsyncGenerator<Uint8Array> {
  for (const line of lines) {
    const isBytes = line instanceof Uint8Array;
    yield isBytes ? line : Buffer.from(typeof line === "string" ? line : JSON.stringify(line));
    yield Buffer.from("\n");
  }
}

describe("a row that cannot be learned from is named, and the others are read:", () => {
  test.each([
    ["JSON that breaks off", '{"messages":[', "BAD_JSON", /not JSON/],
    ["what is not UTF-8", Buffer.from([34, 0xc3, 0x28, 34]), "BAD_UTF8", /not UTF-8/],
    [
      "fields that nobody knows",
      { prompt: "a", chosen: "b" },
      "UNKNOWN_FORMAT",
      /"prompt", "chosen"/,
    ],
    ["no object", 5, "UNKNOWN_FORMAT", /lacks "messages"/],
    ["another format", { instruction: "Hi", output: "Ho" }, "MIXED_FORMATS", /"alpaca".*"openai"/],
    ["no message", { messages: [] }, "EMPTY_CONVERSATION", /no messages/],
    ["no answer", { messages: [user("Hi")] }, "NO_ANSWER", /assistant says nothing/],
    [
      "an empty answer",
      { messages: [user("Hi"), assistant(" \n")] },
      "EMPTY_MESSAGE",
      /messages\[1\]/,
    ],
    [
      "an empty question",
      { messages: [user(""), assistant("Ho")] },
      "EMPTY_MESSAGE",
      /messages\[0\]/,
    ],
    [
      "a tag",
      { messages: [user("[INST]"), assistant("Ho")] },
      "SPECIAL_TAG_IN_CONTENT",
      /\[INST\]/,
    ],
    [
      "a tool",
      { messages: [user("Hi"), { role: "tool", content: "" }] },
      "UNSUPPORTED_ROLE",
      /"tool"/,
    ],
    [
      "the assistant first",
      { messages: [assistant("Ho")] },
      "ROLES_MUST_ALTERNATE",
      /messages\[0\]/,
    ],
    [
      "two questions",
      { messages: [user("A"), user("B"), assistant("C")] },
      "ROLES_MUST_ALTERNATE",
      /messages\[1\]/,
    ],
    [
      "an image",
      { messages: [{ role: "user", content: [{ type: "image_url" }] }] },
      "UNSUPPORTED_CONTENT",
      /image_url/,
    ],
    [
      "a number for a text",
      { messages: [user(5 as never), assistant("Ho")] },
      "INVALID_MESSAGE",
      /is 5/,
    ],
    ["null for messages", { messages: null }, "UNKNOWN_FORMAT", /"messages"/],
    [
      "weights of 0",
      { messages: [user("A"), { ...assistant("B"), weight: 0 }] },
      "NO_ANSWER",
      /weight 0/,
    ],
    [
      "too many tokens",
      { messages: [user("A"), assistant("b ".repeat(999))] },
      "OVERLONG",
      /1010 tokens/,
    ],
  ])("%s", async (_, row, code, reason) => {
    const { examples, report } = await collect(file(good, "", row, good));
    expect(examples.map(({ line }) => line)).toEqual([1, 4]);
    expect(report).toMatchObject({
      rows: 3,
      examples: 2,
      droppedRows: 1,
      droppedBy: { [code]: 1 },
    });
    expect(report.dropped).toMatchObject([
      { line: 3, code, reason: expect.stringMatching(reason) },
    ]);
  });

  test("text without marks in a guanaco file, and a prompt that breaks the format", async () => {
    const marked = { text: "### Human: Hi### Assistant: Ho" };
    const guanaco = await collect(file(marked, { text: "Hi" }), { format: "guanaco" });
    expect(guanaco.report.droppedBy).toEqual({ INVALID_MESSAGE: 1 });
    const llama2 = await collect(file({ text: "<s>[INST] Hi [INST] Ho </s>" }));
    expect(llama2.report.droppedBy).toEqual({ MALFORMED_PROMPT: 1 });
  });
});

test("a JSON array names the line where an element begins, and says when it breaks off", async () => {
  const text = `\n[\n ${JSON.stringify(good)},\n {"a": [}],\n ${JSON.stringify(good)}`;
  const { examples, report } = await collect(file(text));
  expect(examples.map(({ line }) => line)).toEqual([3, 5]);
  expect(report.dropped).toMatchObject([
    { line: 4, code: "BAD_JSON" },
    { line: 6, code: "BAD_JSON", reason: expect.stringMatching(/array is not closed/) },
  ]);
  const behind = await collect(file(`[${JSON.stringify(good)}]`, "", "{}", "[", "{}"));
  expect(behind.examples).toHaveLength(1);
  expect(behind.report.dropped).toMatchObject([{ line: 3, code: "BAD_JSON" }]);
});

test("rows that are longer than any conversation are passed over", async () => {
  const huge = Buffer.alloc(17 * 2 ** 20, "x");
  const lines = await collect(file(good, huge, good));
  expect(lines.examples.map(({ line }) => line)).toEqual([1, 3]);
  expect(lines.report.dropped).toMatchObject([{ line: 2, code: "ROW_TOO_LONG" }]);
  const array = await collect(file("[", good, ",", `"${huge}"`, ",", good, "]"));
  expect(array.examples.map(({ line }) => line)).toEqual([2, 6]);
  expect(array.report.dropped).toMatchObject([{ line: 4, code: "ROW_TOO_LONG" }]);
});

test("the lists of a report end at 100 rows, its numbers do not", async () => {
  const { report } = await collect(Array.from({ length: 250 }, () => ({ messages: [user("Hi")] })));
  expect(report).toMatchObject({ rows: 250, droppedRows: 250, droppedBy: { NO_ANSWER: 250 } });
  expect(report.dropped).toHaveLength(100);
});

test("strict reading ends at the first such row", async () => {
  const dataset = readDataset(file(good, { messages: [] }, good), { tokenizer, strict: true });
  const lines: number[] = [];
  const act = async () => {
    for await (const { line } of dataset) lines.push(line);
  };
  const error = await act().catch((error) => error);
  expect(TrainingError.isInstance(error) && error.code).toBe("BAD_DATASET");
  expect(error.message).toMatch(/^Line 2 of the dataset/);
  expect(PromptError.isInstance(error.cause)).toBe(true);
  expect(lines).toEqual([1]);
});

test("faults that are not a row's are thrown", async () => {
  const bos = { encode: () => [1, 5] };
  await expect(collect([good], { tokenizer: bos })).rejects.toMatchObject({
    code: "INVALID_OPTION",
  });
  await expect(collect("/no/such/file.jsonl")).rejects.toMatchObject({ code: "BAD_DATASET" });
  await expect(collect(import.meta.dirname)).rejects.toMatchObject({ code: "BAD_DATASET" });
  const bare = collect(file("Once upon a time"), { format: "openai" });
  await expect(bare).rejects.toMatchObject({ code: "BAD_DATASET", parameter: "format" });
  async function* broken(): AsyncGenerator<string> {
    yield `${JSON.stringify(good)}\n`;
    throw new Error("gone");
  }
  await expect(collect(broken())).rejects.toThrow("gone");
});

test.each([
  ["tokenizer", undefined],
  ["format", "parquet"],
  ["sequenceLength", 2],
  ["lossOn", "user"],
  ["overlong", "keep"],
  ["specialTags", "ignore"],
  ["mergeConsecutive", 1],
  ["evaluationShare", 5],
  ["seed", -1],
  ["strict", "yes"],
  ["systemPrompt", 5],
  ["onProgress", {}],
  ["signal", {}],
])("the option %s is checked", (parameter, value) => {
  const act = () => readDataset([], { tokenizer, [parameter]: value } as never);
  expect(act).toThrow(expect.objectContaining({ code: "BAD_OPTION", parameter }));
});

test("the source is checked", () => {
  for (const source of ["", null, {}, 5]) {
    const act = () => readDataset(source as never, { tokenizer });
    expect(act).toThrow(expect.objectContaining({ parameter: "source" }));
  }
});
