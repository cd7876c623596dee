import { criaModelPath } from "@llama2-kit/cria";
import { expect, it } from "vitest";
import {
  diffWeights,
  inspectWeights,
  memoryTensor,
  openGguf,
  quantizeModel,
  writeGguf,
} from "../../src/index.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const path = useTemporaryFolder();

it("tells what Cria holds", async () => {
  const { format, parameters, tensors, tensorBytes, types, metadata } =
    await inspectWeights(criaModelPath);
  expect({ format, parameters, tensorBytes, count: tensors.length }).toEqual({
    format: "gguf",
    parameters: 8_579_520,
    tensorBytes: 9_123_072,
    count: 56,
  });
  expect(tensors[0]).toEqual({
    name: "token_embd.weight",
    type: "Q8_0",
    shape: [32_000, 192],
    parameters: 6_144_000,
    bytes: 6_528_000,
  });
  expect(types.map(({ type, tensors: count }) => [type, count])).toEqual([
    ["Q8_0", 43],
    ["F32", 13],
  ]);
  expect(metadata.get("llama.block_count")?.value).toBe(6);
});

it("finds no difference where there is none", async () => {
  const diff = await diffWeights(criaModelPath, criaModelPath);
  expect(diff).toMatchObject({ isSame: true, sameTensors: 56, changedTensors: [] });
});

it("tells each kind of difference", async () => {
  const values = (name: string, numbers: number[], shape = [numbers.length]) =>
    memoryTensor({
      name,
      shape,
      type: "F32",
      bytes: new Uint8Array(Float32Array.from(numbers).buffer),
    });
  const write = (name: string, text: string, tensors: ReturnType<typeof values>[]) =>
    writeGguf(path(name), {
      metadata: new Map([
        [`only ${name}`, { type: "bool", value: true }],
        ["text", { type: "string", value: text }],
        ["same", { type: "array", elements: "u8", value: Uint8Array.of(1, 2) }],
      ]),
      tensors,
    });
  await write("a", "x", [
    values("kept", [1, 2]),
    values("changed", [1, -2]),
    values("shape", [1, 2]),
    values("gone", [1]),
  ]);
  await write("b", "y", [
    values("kept", [1, 2]),
    values("changed", [1.5, -3]),
    values("shape", [1, 2], [1, 2]),
    values("new", [1]),
  ]);
  const diff = await diffWeights(path("a"), path("b"));
  expect(diff).toMatchObject({
    isSame: false,
    removedMetadata: ["only a"],
    addedMetadata: ["only b"],
    removedTensors: ["gone"],
    addedTensors: ["new"],
    sameTensors: 1,
  });
  expect(diff.changedMetadata.map(({ key }) => key)).toEqual(["text"]);
  expect(diff.changedTensors.map(({ name, maxDifference }) => [name, maxDifference])).toEqual([
    ["changed", 1],
    ["shape", undefined],
  ]);
  const headers = await diffWeights(path("a"), path("b"), { values: false });
  expect(headers.changedTensors.map(({ name }) => name)).toEqual(["shape"]);
});

it("tells what a quantisation costs", async () => {
  const { metadata, tensors, close } = await openGguf(criaModelPath);
  await close();
  expect([metadata.size, tensors.size]).toEqual([27, 56]);
  await quantizeModel({
    input: criaModelPath,
    output: path("q4.gguf"),
    type: "Q4_0",
    requantize: true,
  });
  const diff = await diffWeights(criaModelPath, path("q4.gguf"));
  const changed = diff.changedTensors.find(({ name }) => name === "blk.0.attn_q.weight");
  expect([changed?.first.type, changed?.second.type]).toEqual(["Q8_0", "Q4_0"]);
  expect(changed?.maxDifference).toBeGreaterThan(0);
  expect(changed?.maxDifference).toBeLessThan(0.2);
});
