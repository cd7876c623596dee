import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mergeAdapter } from "../../src/adapters/merge-adapter.ts";
import { peftToGguf } from "../../src/adapters/peft-to-gguf.ts";
import { openGguf } from "../../src/gguf/open-gguf.ts";
import { ggufToHuggingFace } from "../../src/hugging-face/from-gguf.ts";
import { huggingFaceToGguf } from "../../src/hugging-face/to-gguf.ts";
import { codecOf } from "../../src/quantize/codecs.ts";
import { openSafetensors } from "../../src/safetensors/open-safetensors.ts";
import type { ModelWeights } from "../../src/tensors/model-weights.ts";
import { countValues } from "../../src/tensors/tensor-source.ts";
import { TINY, writeLlama } from "../quantize/made-llama.ts";
import { ALL_MODULES, matricesOf, type PeftOptions, writePeft } from "./made-adapter.ts";

let folder: string;
let base: string;
let hugging: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llama2-kit-"));
  base = await writeLlama(join(folder, "base.gguf"));
  hugging = join(folder, "base-hf");
  await ggufToHuggingFace({ input: base, output: hugging });
});
afterAll(() => rm(folder, { recursive: true }));

let count = 0;
const fresh = (name: string) => join(folder, `${++count}-${name}`);

const WIDE: PeftOptions = { modules: [...ALL_MODULES, "lm_head", "model.embed_tokens"] };

async function readAll(model: ModelWeights): Promise<Map<string, Float32Array>> {
  const all = new Map<string, Float32Array>();
  for (const tensor of model.tensors.values()) {
    const values = new Float32Array(countValues(tensor.shape));
    codecOf(tensor.type).decode(await tensor.read(0, tensor.byteLength), values);
    all.set(tensor.name, values);
  }
  await model.close();
  return all;
}

/** A folder's weights with an adapter added as PEFT's own merge does, in double precision. */
async function mergeByHand(
  options: PeftOptions,
  scale: number,
): Promise<Map<string, Float32Array>> {
  const weights = await readAll(await openSafetensors(hugging));
  for (const [module, { a, b, rank, inputs, outputs }] of matricesOf(options)) {
    const values = weights.get(`${module}.weight`) ?? new Float32Array();
    for (let o = 0; o < outputs; o++) {
      for (let i = 0; i < inputs; i++) {
        let sum = 0;
        for (let k = 0; k < rank; k++) {
          sum += (b[o * rank + k] as number) * (a[k * inputs + i] as number);
        }
        const place = module.endsWith("embed_tokens") ? i * outputs + o : o * inputs + i;
        values[place] = (values[place] as number) + scale * sum;
      }
    }
  }
  return weights;
}

function expectClose(found: Map<string, Float32Array>, wanted: Map<string, Float32Array>): void {
  expect([...found.keys()]).toEqual([...wanted.keys()]);
  for (const [name, values] of found) {
    const others = wanted.get(name) as Float32Array;
    const worst = values.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (others[i] as number))),
      0,
    );
    expect(worst, name).toBeLessThan(1e-6);
  }
}

describe("a folder with an adapter merged", () => {
  test("has the weights that PEFT computes, whichever form the adapter has", async () => {
    const adapter = await writePeft(fresh("peft"), WIDE);
    const gguf = fresh("adapter.gguf");
    await peftToGguf({ input: adapter, output: gguf, base: hugging });
    const wanted = await mergeByHand(WIDE, 0.5 * 2);
    for (const one of [adapter, gguf]) {
      const output = fresh("merged");
      await mergeAdapter({ base: hugging, adapter: one, scale: 0.5, output });
      expectClose(await readAll(await openSafetensors(output)), wanted);
      expect((await readdir(output)).sort()).toEqual((await readdir(hugging)).sort());
    }
  });

  test("can have another type, and says so", async () => {
    const output = fresh("half");
    const adapter = await writePeft(fresh("peft"));
    await mergeAdapter({ base: hugging, adapter, output, type: "BF16" });
    const model = await openSafetensors(output);
    await model.close();
    expect(new Set([...model.tensors.values()].map(({ type }) => type))).toEqual(new Set(["BF16"]));
    const config = JSON.parse(await readFile(join(output, "config.json"), "utf8"));
    expect(config.dtype ?? config.torch_dtype).toBe("bfloat16");
  });

  test("leaves what it does not change as it was, to the byte", async () => {
    const adapter = await writePeft(fresh("peft"), { modules: ["model.layers.0.mlp.up_proj"] });
    const output = fresh("merged");
    await mergeAdapter({ base: hugging, adapter, output });
    const [before, after] = [await openSafetensors(hugging), await openSafetensors(output)];
    const changed: string[] = [];
    for (const tensor of before.tensors.values()) {
      const other = await after.tensors.get(tensor.name)?.read(0, tensor.byteLength);
      const bytes = Buffer.from(await tensor.read(0, tensor.byteLength));
      if (!bytes.equals(other ?? new Uint8Array())) changed.push(tensor.name);
    }
    await Promise.all([before.close(), after.close()]);
    expect(changed).toEqual(["model.layers.0.mlp.up_proj.weight"]);
  });
});

describe("a GGUF with an adapter merged", () => {
  test("is the merged folder converted", async () => {
    const adapter = await writePeft(fresh("peft"), WIDE);
    const [direct, merged, converted] = [fresh("a.gguf"), fresh("b"), fresh("c.gguf")];
    await mergeAdapter({ base, adapter, scale: -0.7, output: direct });
    await mergeAdapter({ base: hugging, adapter, scale: -0.7, output: merged });
    await huggingFaceToGguf({ input: merged, output: converted });
    const [one, other] = [
      await readAll(await openGguf(direct)),
      await readAll(await openGguf(converted)),
    ];
    expect([...one.keys()].sort()).toEqual([...other.keys()].sort());
    for (const [name, values] of one) {
      const others = other.get(name);
      expect(
        values.every((value, i) => value === others?.[i]),
        name,
      ).toBe(true);
    }
  });

  test("adds several adapters, each with its scale", async () => {
    const first = await writePeft(fresh("peft"), { seed: 1 });
    const second = await writePeft(fresh("peft"), { seed: 2, rank: 3 });
    const [both, half, whole] = [fresh("both.gguf"), fresh("half.gguf"), fresh("whole.gguf")];
    const adapter = [first, { path: second, scale: 0.25 }];
    await mergeAdapter({ base, adapter, scale: 0.5, output: both });
    await mergeAdapter({ base, adapter: first, scale: 0.5, output: half });
    await mergeAdapter({ base: half, adapter: second, scale: 0.25, output: whole });
    expectClose(await readAll(await openGguf(both)), await readAll(await openGguf(whole)));
  });

  test("is the base itself at scale 0", async () => {
    const adapter = await writePeft(fresh("peft"));
    const output = fresh("same.gguf");
    await mergeAdapter({ base, adapter, scale: 0, output });
    expect((await readFile(output)).equals(await readFile(base))).toBe(true);
  });

  test.each(["Q8_0", "Q4_0", "F16"] as const)("keeps %s, or has another type", async (type) => {
    const input = await writeLlama(fresh("base.gguf"), TINY, type);
    const adapter = await writePeft(fresh("peft"), WIDE);
    const [kept, changed] = [fresh("kept.gguf"), fresh("changed.gguf")];
    await mergeAdapter({ base: input, adapter, output: kept });
    await mergeAdapter({ base: input, adapter, output: changed, type: "F32" });
    const [before, after, single] = [
      await openGguf(input),
      await openGguf(kept),
      await openGguf(changed),
    ];
    const types = (model: ModelWeights) => [...model.tensors.values()].map((tensor) => tensor.type);
    expect(types(after)).toEqual(types(before));
    expect(after.metadata).toEqual(before.metadata);
    expect(new Set(types(single))).toEqual(new Set(["F32"]));
    expect(single.metadata.get("general.file_type")).toEqual({ type: "u32", value: 0 });
    await Promise.all([before, after, single].map((model) => model.close()));
  });
});

test("weights that only ggml can make are made by it", async () => {
  const adapter = await writePeft(fresh("peft"));
  const output = fresh("k.gguf");
  await mergeAdapter({ base, adapter, output, type: "Q4_K_M" });
  const model = await openGguf(output);
  await model.close();
  // Rows of 64 are no whole blocks of 256: the types with smaller ones take their place.
  expect(model.tensors.get("blk.0.attn_q.weight")?.type).toBe("Q5_0");
});

describe("a merge that does not come about", () => {
  test("is told by name of what is wrong, and leaves nothing", async () => {
    const adapter = await writePeft(fresh("peft"));
    const larger = await writeLlama(fresh("larger.gguf"), { ...TINY, embedding: 128 });
    const quantised = fresh("gptq");
    await mergeAdapter({ base: hugging, adapter, output: quantised });
    await writeFile(join(quantised, "quantize_config.json"), JSON.stringify({ bits: 4 }));
    const before = await readdir(folder);
    const output = join(folder, "never");
    const refused = async (options: object, expected: object) =>
      expect(mergeAdapter({ base, adapter, output, ...options })).rejects.toMatchObject(expected);
    await refused(
      { base: larger },
      { code: "BAD_ADAPTER", message: expect.stringMatching(/4 x 64.* 4 x 128/) },
    );
    await refused(
      { base: quantised },
      { code: "UNSUPPORTED", message: expect.stringMatching(/GPTQ/) },
    );
    await refused({ base: join(folder, "none.gguf") }, { code: "NOT_FOUND" });
    await refused({ adapter: join(folder, "none") }, { code: "NOT_FOUND" });
    await refused({ adapter: [] }, { code: "BAD_OPTION", parameter: "adapter" });
    await refused({ scale: Number.NaN }, { code: "BAD_OPTION", parameter: "scale" });
    await refused({ type: "Q9" }, { code: "BAD_OPTION", parameter: "type" });
    await refused({ base: hugging, type: "Q8_0" }, { code: "BAD_OPTION", parameter: "type" });
    await refused({ scale: 1e39, type: "F16" }, { code: "BAD_TENSOR" });
    await refused({ output: base }, { code: "OUTPUT_EXISTS" });
    const reason = new Error("enough");
    await refused({ signal: AbortSignal.abort(reason) }, reason);
    const abort = new AbortController();
    const onProgress = () => abort.abort(reason);
    await refused({ signal: abort.signal, onProgress }, reason);
    await refused({ base: hugging, signal: abort.signal }, reason);
    expect(await readdir(folder)).toEqual(before);
  });
});
