import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ggufToPeft } from "../../src/adapters/gguf-to-peft.ts";
import { peftToGguf } from "../../src/adapters/peft-to-gguf.ts";
import { openGguf } from "../../src/gguf/open-gguf.ts";
import { writeGguf } from "../../src/gguf/write-gguf.ts";
import { loadEncoder } from "../../src/quantize/codecs.ts";
import { recodeTensor } from "../../src/quantize/recode-tensor.ts";
import type { Metadata } from "../../src/tensors/metadata.ts";
import type { TensorSource } from "../../src/tensors/tensor-source.ts";
import { TINY, writeLlama } from "../quantize/made-llama.ts";
import {
  ALL_MODULES,
  matricesOf,
  type PeftOptions,
  strayTensor,
  writePeft,
} from "./made-adapter.ts";

let folder: string;
let base: string;
let tied: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llama2-kit-"));
  base = await writeLlama(join(folder, "base.gguf"));
  tied = await writeLlama(join(folder, "tied.gguf"), { ...TINY, isTied: true });
});
afterAll(() => rm(folder, { recursive: true }));

let count = 0;
const fresh = (name: string) => join(folder, `${++count}-${name}`);

async function toGguf(options: PeftOptions): Promise<string> {
  const output = fresh("adapter.gguf");
  await peftToGguf({ input: await writePeft(fresh("peft"), options), output, base });
  return output;
}

async function toPeft(input: string): Promise<string> {
  const output = fresh("peft");
  await ggufToPeft({ input, output, base });
  return output;
}

async function readNumbers(path: string): Promise<Map<string, Float32Array>> {
  const model = await openGguf(path);
  const numbers = new Map<string, Float32Array>();
  for (const { name, byteLength, read } of model.tensors.values()) {
    const bytes = new Uint8Array(byteLength);
    await read(0, byteLength, bytes);
    numbers.set(name, new Float32Array(bytes.buffer));
  }
  await model.close();
  return numbers;
}

async function readMetadata(path: string): Promise<Metadata> {
  const model = await openGguf(path);
  await model.close();
  return model.metadata;
}

async function readJson(path: string) {
  return JSON.parse(await readFile(path, "utf8"));
}

describe("there and back again", () => {
  test.each<[string, PeftOptions]>([
    ["all linear layers", {}],
    [
      "one module of one layer (layers_to_transform)",
      { modules: ["model.layers.1.self_attn.q_proj"], config: { layers_to_transform: [1] } },
    ],
    [
      "the embeddings and the output",
      { modules: ["model.embed_tokens", "lm_head", ...ALL_MODULES] },
    ],
    [
      "ranks of their own, with the same alpha",
      {
        ranks: { "model.layers.0.mlp.up_proj": 7 },
        config: { rank_pattern: { "layers.0.mlp.up_proj": 7 } },
      },
    ],
    ["a rank that is no power of two", { rank: 3, config: { lora_alpha: 16 } }],
  ])("%s: PEFT's weights come back to the byte", async (_, options) => {
    const peft = await writePeft(fresh("peft"), options);
    const gguf = fresh("adapter.gguf");
    await peftToGguf({ input: peft, output: gguf, base });
    const back = await toPeft(gguf);
    const name = "adapter_model.safetensors";
    const [before, after] = await Promise.all([peft, back].map((one) => readFile(join(one, name))));
    expect(after?.equals(before as Buffer)).toBe(true);
    const again = fresh("again.gguf");
    await peftToGguf({ input: back, output: again, base });
    expect((await readFile(again)).equals(await readFile(gguf))).toBe(true);
    const { lora_alpha } = await readJson(join(peft, "adapter_config.json"));
    expect(await readJson(join(back, "adapter_config.json"))).toMatchObject({ lora_alpha });
  });

  test("modules that are not in every layer are named in full", async () => {
    const modules = [
      "model.layers.0.mlp.up_proj",
      "model.layers.0.self_attn.v_proj",
      "model.layers.1.self_attn.v_proj",
    ];
    const back = await toPeft(await toGguf({ modules }));
    const { target_modules } = await readJson(join(back, "adapter_config.json"));
    expect(target_modules).toEqual(["v_proj", "model.layers.0.mlp.up_proj"]);
  });

  test("halves that are quantised come as F32", async () => {
    const modules = ["model.layers.0.mlp.down_proj"];
    const gguf = await toGguf({ modules, rank: 32 });
    const model = await openGguf(gguf);
    const encode = await loadEncoder("Q8_0");
    const tensors = [...model.tensors.values()].map((one) =>
      recodeTensor(one, { type: "Q8_0", encode }),
    );
    const output = fresh("eight.gguf");
    await writeGguf(output, { metadata: model.metadata, tensors });
    await model.close();
    const back = await readNumbers(await toGgufAgain(await toPeft(output)));
    const matrices = matricesOf({ modules, rank: 32 }).get("model.layers.0.mlp.down_proj");
    const values = back.get("blk.0.ffn_down.weight.lora_a") ?? new Float32Array();
    expect(values.length).toBe(matrices?.a.length);
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(matrices?.a[i] ?? 0, 2);
  });

  async function toGgufAgain(input: string): Promise<string> {
    const output = fresh("again.gguf");
    await peftToGguf({ input, output, base });
    return output;
  }
});

describe("a GGUF's strength is PEFT's", () => {
  test.each([
    ["plain", { lora_alpha: 16 }, 16],
    ["rank-stabilised", { lora_alpha: 16, use_rslora: true }, 32],
    ["alike for all by alpha_pattern", { lora_alpha: 5, alpha_pattern: { q_proj: 9 } }, 9],
  ] as const)("%s", async (_, config, alpha) => {
    const gguf = await toGguf({ modules: ["model.layers.0.self_attn.q_proj"], config });
    const metadata = await readMetadata(gguf);
    expect(metadata.get("adapter.lora.alpha")).toEqual({ type: "f32", value: alpha });
  });

  test("differing ones go into B", async () => {
    const modules = [
      "model.layers.0.mlp.up_proj",
      "model.layers.0.mlp.gate_proj",
      "model.layers.0.self_attn.v_proj",
    ];
    const config = {
      lora_alpha: 8,
      alpha_pattern: { "mlp.up_proj": 24, "^model.layers.0.self_attn.v_proj": 2 },
    };
    const numbers = await readNumbers(await toGguf({ modules, config }));
    const matrices = matricesOf({ modules });
    const metadata = await readMetadata(await toGguf({ modules, config }));
    const alpha = metadata.get("adapter.lora.alpha")?.value as number;
    const names = ["blk.0.ffn_up", "blk.0.ffn_gate", "blk.0.attn_v"];
    for (const [i, wanted] of [24, 8, 2].entries()) {
      const b = matrices.get(modules[i] ?? "")?.b ?? new Float32Array();
      const written = numbers.get(`${names[i]}.weight.lora_b`);
      expect(written).toEqual(b.map((value) => (value * wanted) / alpha));
    }
  });
});

test("names as other tools leave them are read", async () => {
  const modules = ["model.layers.0.self_attn.q_proj"];
  const plain = await readFile(await toGguf({ modules }));
  const renamed = (by: (name: string) => string): PeftOptions => ({
    modules,
    tensors: (all) => all.map((tensor) => ({ ...tensor, name: by(tensor.name) })),
  });
  const withDefault = renamed((name) => name.replace(".weight", ".default.weight"));
  const withoutPrefix = renamed((name) => name.replace("base_model.model.", ""));
  for (const options of [withDefault, withoutPrefix]) {
    expect((await readFile(await toGguf(options))).equals(plain)).toBe(true);
  }
  const harmless = {
    fan_in_fan_out: true,
    layers_to_transform: [0],
    init_lora_weights: "gaussian",
    use_dora: false,
    modules_to_save: null,
  };
  const metadata = await readMetadata(await toGguf({ modules, config: harmless }));
  expect(metadata.size).toBe(4);
});

describe("what is more than LoRA is refused, all of it by name", () => {
  test.each<[Readonly<Record<string, unknown>>, RegExp]>([
    [
      { use_dora: true, bias: "all", modules_to_save: ["lm_head"] },
      /use_dora.*bias "all".*modules_to_save \["lm_head"\]/,
    ],
    [{ peft_type: "IA3" }, /"IA3"/],
    [{ lora_bias: true }, /lora_bias/],
    [{ layer_replication: [[0, 2]] }, /layer_replication/],
    [{ trainable_token_indices: [1] }, /trainable_token_indices/],
    [{ alora_invocation_tokens: [1, 2] }, /aLoRA/],
    [{ init_lora_weights: "pissa_niter_4" }, /changes the base/],
    [{ rank_pattern: { ".*(q|k)_proj": 8 } }, /rank_pattern for "\.\*\(q\|k\)_proj"/],
  ])("%j", async (config, message) => {
    await expect(toGguf({ config })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringMatching(message),
    });
  });

  test("tensors that no GGUF has a place for", async () => {
    const names = [
      "base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector",
      "base_model.model.lm_head.modules_to_save.weight",
      "base_model.model.model.layers.0.self_attn.rotary_emb.lora_A.weight",
      "base_model.model.model.layers.9.mlp.up_proj.lora_A.weight",
      "base_model.model.model.embed_tokens.lora_A.weight",
    ];
    const tensors = (all: TensorSource[]) => [...all, ...names.map(strayTensor)];
    const error = await toGguf({ tensors }).catch((reason) => reason);
    expect(error).toMatchObject({ code: "UNSUPPORTED" });
    for (const name of names) expect(error.message).toContain(name);
  });

  test("PyTorch's pickled weights", async () => {
    const input = await writePeft(fresh("pickled"));
    await rm(join(input, "adapter_model.safetensors"));
    await writeFile(join(input, "adapter_model.bin"), "");
    await expect(peftToGguf({ input, output: fresh("x.gguf"), base })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringMatching(/adapter_model\.bin.*adapter_model\.safetensors/s),
    });
  });

  test("changes of embeddings that are the output too", async () => {
    const input = await writePeft(fresh("tied"), { modules: ["model.embed_tokens"] });
    await expect(peftToGguf({ input, output: fresh("x.gguf"), base: tied })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("model.embed_tokens"),
    });
  });
});

describe("a damaged adapter is refused", () => {
  test.each<[string, PeftOptions, RegExp]>([
    ["r 0", { config: { r: 0 } }, /its r is 0/],
    ["a huge r", { config: { r: 1e9 } }, /its r is 1000000000/],
    ["r as text", { config: { r: "4" } }, /its r is "4"/],
    ["another r than the tensors'", { config: { r: 8 } }, /rank 4, and by the configuration 8/],
    ["no lora_alpha", { config: { lora_alpha: null } }, /lora_alpha is null/],
    ["a lora_alpha of 0", { config: { lora_alpha: 0 } }, /lora_alpha is 0/],
    ["a list for rank_pattern", { config: { rank_pattern: [1] } }, /rank_pattern is an array/],
    [
      "a text in alpha_pattern",
      { config: { alpha_pattern: { q_proj: "1" } } },
      /alpha_pattern for q_proj is "1"/,
    ],
    ["no tensors", { tensors: () => [] }, /no tensors/],
    ["only one half", { tensors: (all) => all.slice(1) }, /lora_A is missing/],
    [
      "the same half twice",
      {
        tensors: (all) => [
          ...all,
          ...all
            .slice(0, 1)
            .map((t) => ({ ...t, name: t.name.replace(".weight", ".default.weight") })),
        ],
      },
      /two names/,
    ],
    [
      "another shape",
      {
        tensors: (all) =>
          all.map((t) => (t.name.includes("o_proj.lora_A") ? { ...t, shape: [64, 4] } : t)),
      },
      /o_proj.lora_A.weight is 64 x 4, and must be 4 x 64/,
    ],
  ])("%s", async (_, options, message) => {
    const before = await readdir(folder);
    await expect(toGguf(options)).rejects.toMatchObject({
      code: "BAD_ADAPTER",
      message: expect.stringMatching(message),
    });
    const left = (await readdir(folder)).filter((name) => !before.includes(name));
    expect(left.every((name) => name.endsWith("peft"))).toBe(true);
  });

  test.each(["{", "[]", '"x"'])("whose configuration is %s", async (text) => {
    const input = await writePeft(fresh("damaged"));
    await writeFile(join(input, "adapter_config.json"), text);
    const output = fresh("x.gguf");
    await expect(peftToGguf({ input, output, base })).rejects.toMatchObject({ code: "BAD_CONFIG" });
  });

  test.each([
    ["general.type", "model"],
    ["adapter.type", "control"],
    ["general.architecture", "falcon"],
  ])("a GGUF whose %s is %s", async (key, value) => {
    const model = await openGguf(await toGguf({}));
    const metadata = new Map(model.metadata).set(key, { type: "string", value });
    const input = fresh("bad.gguf");
    await writeGguf(input, { metadata, tensors: model.tensors.values() });
    await model.close();
    await expect(ggufToPeft({ input, output: fresh("x"), base })).rejects.toMatchObject({
      code: "BAD_ADAPTER",
      message: expect.stringContaining(`"${value}"`),
    });
  });
});
