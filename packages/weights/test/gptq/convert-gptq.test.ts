import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openGguf } from "../../src/gguf/open-gguf.ts";
import { ggufToHuggingFace } from "../../src/hugging-face/from-gguf.ts";
import { huggingFaceToGguf } from "../../src/hugging-face/to-gguf.ts";
import { dequantize } from "../../src/quantize/codecs.ts";
import { openSafetensors } from "../../src/safetensors/open-safetensors.ts";
import { writeSafetensors } from "../../src/safetensors/write-safetensors.ts";
import { countValues, type TensorSource } from "../../src/tensors/tensor-source.ts";
import { TINY, tensorOf, writeLlama } from "../quantize/made-llama.ts";
import { type LayerOptions, packedLayer } from "./packed-layer.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llama2-kit-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes a Hugging Face folder twice: with its layers packed, and with the weights they stand for. */
async function writeFolders(name: string, options: LayerOptions): Promise<[string, string]> {
  const [packed, plain] = [join(folder, `${name}-gptq`), join(folder, `${name}-plain`)];
  const source = await writeLlama(join(folder, `${name}.gguf`), { ...TINY, feedForward: 128 });
  await ggufToHuggingFace({ input: source, output: packed });
  await ggufToHuggingFace({ input: source, output: plain });
  const model = await openSafetensors(plain);
  const all: TensorSource[] = [];
  const unpacked: TensorSource[] = [];
  for (const tensor of model.tensors.values()) {
    const [outputs = 0, inputs = 0] = tensor.shape;
    if (tensor.name.endsWith("_proj.weight")) {
      const layer = tensor.name.slice(0, -".weight".length);
      const made = packedLayer({ ...options, name: layer, inputs, outputs, groupSize: 32 });
      all.push(...made.tensors);
      unpacked.push(tensorOf(tensor.name, tensor.shape, made.weights));
    } else {
      const bytes = await tensor.read(0, tensor.byteLength);
      all.push(tensor);
      unpacked.push({ ...tensor, read: async (at, count) => bytes.slice(at, at + count) });
    }
  }
  await writeSafetensors(join(packed, "model.safetensors"), all, { overwrite: true });
  await model.close();
  await writeSafetensors(join(plain, "model.safetensors"), unpacked, { overwrite: true });
  const config = { bits: 4, group_size: 32, desc_act: options.isActOrder ?? false, sym: true };
  await writeFile(join(packed, "quantize_config.json"), JSON.stringify(config));
  return [packed, plain];
}

async function readAll(path: string): Promise<Map<string, { type: string; values: Float32Array }>> {
  const model = await openGguf(path);
  const all = new Map<string, { type: string; values: Float32Array }>();
  for (const { name, type, shape, byteLength, read } of model.tensors.values()) {
    const values = new Float32Array(countValues(shape));
    dequantize(type, await read(0, byteLength), values);
    all.set(name, { type, values });
  }
  await model.close();
  return all;
}

test.each([
  ["symmetric", {}, "Q4_0", 0],
  ["asymmetric", { isSymmetric: false }, "Q4_1", 2 ** -13],
  ["act-order", { isActOrder: true }, "F16", 2 ** -13],
] as const)(
  "a GPTQ folder, %s, as a GGUF has the weights of the plain folder",
  async (name, options, type, limit) => {
    const [packed, plain] = await writeFolders(name, options);
    const [ours, wanted] = [join(folder, `${name}-a.gguf`), join(folder, `${name}-b.gguf`)];
    const { report } = await huggingFaceToGguf({ input: packed, output: ours });
    await huggingFaceToGguf({ input: plain, output: wanted });
    const [found, expected] = [await readAll(ours), await readAll(wanted)];
    expect([...found.keys()]).toEqual([...expected.keys()]);
    for (const [tensor, { values, type: form }] of found) {
      const others = expected.get(tensor)?.values ?? new Float32Array();
      const worst = values.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (others[i] as number))),
        0,
      );
      expect(worst, tensor).toBeLessThanOrEqual(limit);
      if (/blk\.\d+\.(attn_[qkvo]|ffn_[gud])/.test(tensor) && !tensor.includes("norm")) {
        expect(form, tensor).toBe(type);
      }
    }
    expect(report.size).toBe(14);
    for (const { max } of report.values()) {
      expect(max).toBeLessThanOrEqual(limit);
      expect(max > 0).toBe(limit > 0);
    }
  },
);

test("a type that was asked for is the type that comes, and what the file says of itself", async () => {
  const [input] = await writeFolders("asked", {});
  for (const [type, found, number] of [
    ["F16", "F16", 1],
    ["Q8_0", "Q4_0", 2],
  ] as const) {
    const output = join(folder, `asked-${type}.gguf`);
    const { types, report } = await huggingFaceToGguf({ input, output, type });
    expect(types.get("blk.0.attn_q.weight")).toBe(found);
    const layer = report.get("model.layers.0.self_attn.q_proj.weight");
    expect(layer).toMatchObject({ form: "Q4_0", type: found });
    const { metadata, close } = await openGguf(output);
    await close();
    expect(metadata.get("general.file_type")?.value).toBe(number);
  }
});

test("what a type costs beside that of unpacking is told", async () => {
  const [input, plain] = await writeFolders("costs", { isActOrder: true });
  const tensor = "blk.1.ffn_down.weight";
  await huggingFaceToGguf({ input: plain, output: join(folder, "costs-exact.gguf") });
  const exact = (await readAll(join(folder, "costs-exact.gguf"))).get(tensor)
    ?.values as Float32Array;
  for (const type of ["F16", "BF16", "Q8_0"] as const) {
    const output = join(folder, `costs-${type}.gguf`);
    const { report } = await huggingFaceToGguf({ input, output, type });
    const found = (await readAll(output)).get(tensor)?.values as Float32Array;
    const max = Math.max(...found.map((value, i) => Math.abs(value - (exact[i] as number))));
    const layer = report.get("model.layers.1.mlp.down_proj.weight");
    expect(layer).toMatchObject({ form: "F16", type });
    // Two errors, one upon the other, can be less than their sum.
    expect(layer?.max).toBeGreaterThanOrEqual(max);
    expect(layer?.max).toBeLessThanOrEqual(2 * max);
  }
});

test("a symmetric folder as floats is off by their rounding alone, and says so", async () => {
  const [input] = await writeFolders("floats", {});
  const figures = new Map<string, number>();
  for (const type of ["F32", "F16", "BF16"] as const) {
    const output = join(folder, `floats-${type}.gguf`);
    const { report } = await huggingFaceToGguf({ input, output, type });
    figures.set(type, Math.max(...[...report.values()].map(({ max }) => max)));
  }
  expect(figures.get("F32")).toBe(0);
  expect(figures.get("F16")).toBeGreaterThan(0);
  expect(figures.get("BF16")).toBeGreaterThan(figures.get("F16") as number);
});
