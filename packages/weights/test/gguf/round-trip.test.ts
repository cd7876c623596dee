import { readFile, writeFile } from "node:fs/promises";
import { criaModelPath } from "@llama2-kit/cria";
import { expect, it } from "vitest";
import {
  type MetadataValue,
  memoryTensor,
  openGguf,
  type TensorSource,
  writeGguf,
} from "../../src/index.ts";
import { entry, ggufBytes, tensorInfo, text, u32, u64 } from "../support/gguf-bytes.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const path = useTemporaryFolder();

async function rewrite(input: string, output: string): Promise<Buffer> {
  const { metadata, tensors, close } = await openGguf(input);
  await writeGguf(output, { metadata, tensors: tensors.values() });
  await close();
  return readFile(output);
}

it("gives Cria back byte by byte", async () => {
  expect(
    (await rewrite(criaModelPath, path("cria.gguf"))).equals(await readFile(criaModelPath)),
  ).toBe(true);
});

it("gives every type of metadata back byte by byte", async () => {
  const numbers = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]);
  const types = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
  const entries = types.flatMap((size, type) => {
    if (size === 0) return [];
    const value = type === 7 ? Buffer.from([1]) : numbers.subarray(0, size);
    return [
      entry(`one.${type}`, type, value),
      entry(`some.${type}`, 9, u32(type), u64(3), value, value, value),
      entry(`none.${type}`, 9, u32(type), u64(0)),
    ];
  });
  const bytes = ggufBytes({
    entries: [
      ...entries,
      entry("text", 8, text("\ufeffLlama \u{1f999}\0")),
      entry("texts", 9, u32(8), u64(3), text(""), text("\ufeff"), text("▁a")),
      entry("general.alignment", 4, u32(32)),
    ],
    tensors: [tensorInfo("scalar", [], 0, 0), tensorInfo("cube", [2, 3, 2], 1, 32)],
    data: Buffer.concat([
      numbers.subarray(0, 4),
      Buffer.alloc(28),
      Buffer.alloc(24, 7),
      Buffer.alloc(8),
    ]),
  });
  await writeFile(path("types.gguf"), bytes);
  expect((await rewrite(path("types.gguf"), path("types again.gguf"))).equals(bytes)).toBe(true);
  const { metadata, tensors, close } = await openGguf(path("types.gguf"));
  await close();
  expect(metadata.get("one.10")).toEqual({ type: "u64", value: 0x0807060504030201n });
  expect(metadata.get("some.7")).toEqual({
    type: "array",
    elements: "bool",
    value: Uint8Array.from([1, 1, 1]),
  });
  expect(metadata.get("text")?.value).toBe("\ufeffLlama \u{1f999}\0");
  expect(tensors.get("cube")?.shape).toEqual([2, 3, 2]);
});

it("reads version 2 and writes version 3", async () => {
  const old = ggufBytes({ version: 2, entries: [entry("a", 4, u32(1))] });
  await writeFile(path("v2.gguf"), old);
  const bytes = await rewrite(path("v2.gguf"), path("v3.gguf"));
  expect(bytes.readUInt32LE(4)).toBe(3);
  expect(bytes.subarray(8).equals(old.subarray(8))).toBe(true);
});

/** A tensor of some bytes, all the same. */
function filled(name: string, byte: number): TensorSource {
  return memoryTensor({ name, shape: [3, 5], type: "I8", bytes: new Uint8Array(15).fill(byte) });
}

async function writePieces(
  stem: string,
  change: (index: number, metadata: Map<string, MetadataValue>) => void,
) {
  for (let index = 0; index < 3; index++) {
    const metadata = new Map<string, MetadataValue>([
      ["general.name", { type: "string", value: `piece ${index}` }],
      ["split.no", { type: "u16", value: index }],
      ["split.count", { type: "u16", value: 3 }],
    ]);
    change(index, metadata);
    const tensors = [filled(`tensor ${index}`, index)];
    await writeGguf(path(`${stem}-0000${index + 1}-of-00003.gguf`), { metadata, tensors });
  }
  return path(`${stem}-00001-of-00003.gguf`);
}

it("reads a model in several files as one", async () => {
  const model = await openGguf(await writePieces("split", () => {}));
  expect([...model.metadata.keys()]).toEqual(["general.name"]);
  expect([...model.tensors.keys()]).toEqual(["tensor 0", "tensor 1", "tensor 2"]);
  expect(await model.tensors.get("tensor 2")?.read(0, 15)).toEqual(new Uint8Array(15).fill(2));
  await model.close();
});

it("refuses pieces that do not belong together", async () => {
  const wrong = await writePieces("wrong", (index, metadata) => {
    if (index === 1) metadata.set("split.no", { type: "u16", value: 2 });
  });
  await expect(openGguf(wrong)).rejects.toThrow(/is piece 3 of 3 by its header, not piece 2/);
  await expect(openGguf(wrong.replace("00001", "00002"))).rejects.toThrow(/give the first one/);
});

it("reads a part of a tensor, into memory of its own or the caller's", async () => {
  const { tensors, close } = await openGguf(criaModelPath);
  const tensor = tensors.get("blk.0.attn_q.weight");
  const whole = await tensor?.read(0, tensor.byteLength);
  const into = new Uint8Array(100).fill(1);
  const part = await tensor?.read(7, 50, into);
  expect(part).toEqual(whole?.subarray(7, 57));
  expect(into.subarray(0, 50)).toEqual(part);
  expect(into.subarray(50)).toEqual(new Uint8Array(50).fill(1));
  await expect(tensor?.read((tensor?.byteLength ?? 0) - 1, 2)).rejects.toMatchObject({
    code: "BAD_OPTION",
  });
  await close();
});
