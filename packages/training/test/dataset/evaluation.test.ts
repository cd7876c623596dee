import { toOpenAI, toShareGPT } from "@llama2-kit/prompt";
import { expect, test } from "vitest";
import { countExamples, exampleAt, storeExamples } from "../../src/data/example-store.ts";
import { type DatasetExample, readDataset } from "../../src/index.ts";
import { collect, inParts, tokenizer } from "./collect.ts";
import { randomConversations } from "./random-conversations.ts";

const rows = randomConversations(1000, 7);
const options = { sequenceLength: 4096, evaluationShare: 0.2 };
const heldOut = (examples: readonly DatasetExample[]) =>
  new Set(examples.filter(({ evaluation }) => evaluation).map(({ ids }) => ids.join()));

test("about the share that was asked for is kept apart", async () => {
  const { examples, report } = await collect(rows, options);
  const held = examples.filter(({ evaluation }) => evaluation);
  expect(held.length).toBeGreaterThan(140);
  expect(held.length).toBeLessThan(260);
  expect(report.evaluationExamples).toBe(held.length);
  for (const [evaluationShare, count] of [
    [0, 0],
    [1, 1000],
  ] as const) {
    const { report } = await collect(rows, { ...options, evaluationShare });
    expect(report.evaluationExamples).toBe(count);
  }
});

test("each row stays where it is, whatever comes, goes, or moves, in whichever format", async () => {
  const expected = heldOut((await collect(rows, options)).examples);
  const others = randomConversations(500, 8);
  const more = await collect([...others, ...[...rows].reverse()], options);
  const ofRows = new Set(more.examples.slice(500).map(({ ids }) => ids.join()));
  expect([...heldOut(more.examples)].filter((ids) => ofRows.has(ids)).sort()).toEqual(
    [...expected].sort(),
  );
  const shared = await collect(rows.map(toShareGPT), options);
  expect(heldOut(shared.examples)).toEqual(expected);
  const lines = rows.map((messages) => `${JSON.stringify({ messages: toOpenAI(messages) })}\n`);
  const read = await collect(inParts(lines.join(""), 1000), { ...options, systemPrompt: "" });
  expect(read.report.evaluationExamples).toBe(expected.size);
});

test("another seed makes another draw", async () => {
  const first = heldOut((await collect(rows, options)).examples);
  const second = heldOut((await collect(rows, { ...options, seed: 43 })).examples);
  expect(second).not.toEqual(first);
  const both = [...second].filter((ids) => first.has(ids));
  expect(both.length).toBeLessThan(80);
});

test("the parts can be read apart, and are all there is", async () => {
  const dataset = readDataset(rows, { tokenizer, ...options });
  const lines = async (examples: AsyncIterable<DatasetExample>) => {
    const found: number[] = [];
    for await (const { line } of examples) found.push(line);
    return found;
  };
  const [training, evaluation] = [await lines(dataset.training), await lines(dataset.evaluation)];
  expect(dataset.report).toMatchObject({ rows: 1000, evaluationExamples: evaluation.length });
  expect([...training, ...evaluation].sort((a, b) => a - b)).toEqual(await lines(dataset));
});

test("the trainer takes either part as it is", async () => {
  const { training, evaluation } = readDataset(rows, { tokenizer, ...options });
  const limits = { most: options.sequenceLength, vocabulary: tokenizer.vocabSize };
  const learned = await storeExamples(training, limits);
  const held = await storeExamples(evaluation, limits);
  expect(countExamples(learned.store) + countExamples(held.store)).toBe(1000);
  expect([learned.cut, learned.dropped, held.cut, held.dropped]).toEqual([0, 0, 0, 0]);
  const [first] = (await collect(rows.slice(0, 1), options)).examples;
  const { store } = await storeExamples([first as DatasetExample], limits);
  expect(exampleAt(store, 0)).toEqual({ ids: first?.ids, spans: first?.spans });
});

test("a stream can be read once", async () => {
  const dataset = readDataset(inParts("Once upon a time.", 4), { tokenizer });
  for await (const { ids } of dataset.training) expect(ids.length).toBeGreaterThan(3);
  expect(() => dataset[Symbol.asyncIterator]()).toThrow(
    expect.objectContaining({ code: "BAD_DATASET", parameter: "source" }),
  );
});
