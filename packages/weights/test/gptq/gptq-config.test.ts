import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readGptqConfig } from "../../src/gptq/gptq-config.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "llama2-kit-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(name: string, content: unknown) {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  await writeFile(join(folder, name), text);
  return readGptqConfig(folder);
}

describe("what a folder says of GPTQ", () => {
  test("in quantize_config.json, as TheBloke's have it", async () => {
    const content = { bits: 4, group_size: 128, damp_percent: 0.01, desc_act: false, sym: true };
    expect(await read("quantize_config.json", content)).toMatchObject({ zeroOffset: 1 });
  });

  test("in config.json, with the older and the newer convention", async () => {
    const quantization = { quant_method: "gptq", bits: 4, group_size: -1, desc_act: true };
    const content = { model_type: "llama", quantization_config: quantization };
    expect(await read("config.json", content)).toMatchObject({ zeroOffset: 1 });
    const newer = { ...quantization, checkpoint_format: "gptq_v2" };
    const second = await read("config.json", { ...content, quantization_config: newer });
    expect(second).toEqual({ zeroOffset: 0, path: join(folder, "config.json") });
  });

  test("nothing, where the model is not quantised", async () => {
    expect(await readGptqConfig(folder)).toBeUndefined();
    expect(await read("config.json", { model_type: "llama" })).toBeUndefined();
    expect(await read("config.json", { quantization_config: null })).toBeUndefined();
  });
});

describe("other methods are refused by name", () => {
  test.each([
    [{ bits: 8 }, /bits = 8/],
    [{ bits: 3 }, /bits = 3/],
    [{ bits: "4" }, /bits = "4"/],
    [{ bits: 4, quant_method: "awq" }, /"awq"/],
    [{ bits: 4, checkpoint_format: "marlin" }, /"marlin"/],
    [{ bits: 4, is_marlin_format: true }, /Marlin/],
  ])("%j", async (content, message) => {
    await expect(read("quantize_config.json", content)).rejects.toMatchObject({
      code: "UNSUPPORTED",
      path: join(folder, "quantize_config.json"),
      message: expect.stringMatching(message),
    });
  });
});

test.each([
  ["quantize_config.json", "{"],
  ["quantize_config.json", "[]"],
  ["quantize_config.json", `{"a":${"[".repeat(2e6)}`],
  ["config.json", { quantization_config: [4] }],
])("a damaged %s is an error of its own", async (name, content) => {
  await expect(read(name, content)).rejects.toMatchObject({
    code: "BAD_CONFIG",
    path: join(folder, name),
  });
});
