import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { detectFormat, huggingFaceToGguf, openGguf, writeSafetensors } from "../../src/index.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";
import { GROUPED, randomTensors, TOKENS, writeHuggingFace } from "../support/tiny-hugging-face.ts";

const path = useTemporaryFolder();

const CONFIGS: [what: string, config: Record<string, unknown>, message: RegExp][] = [
  ["another architecture", { model_type: "mistral" }, /model_type "mistral": only "llama"/],
  ["another activation", { hidden_act: "gelu" }, /hidden_act "gelu"/],
  ["biases", { attention_bias: true }, /attention_bias true/],
  ["another size of heads", { head_dim: 5 }, /head_dim 5/],
  [
    "a scaling that GGUF has not",
    { rope_scaling: { type: "dynamic", factor: 2 } },
    /rope_scaling.type "dynamic"/,
  ],
  ["heads that do not part", { num_attention_heads: 5 }, /5 even heads/],
  ["heads that do not share", { num_key_value_heads: 3 }, /do not share 3 heads/],
  ["no layers", { num_hidden_layers: 0 }, /num_hidden_layers is 0/],
  ["billions of layers", { num_hidden_layers: 1e9 }, /"layers" is 1000000000/],
  [
    "other shapes than its weights",
    { intermediate_size: 97 },
    /mlp.gate_proj.weight has the shape \[96, 64\], where/,
  ],
  [
    "fewer layers than its weights",
    { num_hidden_layers: 1 },
    /tensors that no Llama 2 has: model.layers.1/,
  ],
  ["more layers than its weights", { num_hidden_layers: 3 }, /lacks tensor model.layers.2/],
];

it.each(CONFIGS)("refuses %s by name", async (what, config, message) => {
  const input = await writeHuggingFace(path(what), { ...GROUPED, config });
  await expect(huggingFaceToGguf({ input, output: path("never.gguf") })).rejects.toThrow(message);
});

it("keeps linear scaling, in either spelling", async () => {
  const factor = 4;
  for (const [index, config] of [
    { rope_scaling: { type: "linear", factor } },
    { rope_parameters: { rope_type: "linear", factor, rope_theta: 20_000 } },
  ].entries()) {
    const input = await writeHuggingFace(path(`linear ${index}`), { ...GROUPED, config });
    await huggingFaceToGguf({ input, output: path(`linear ${index}.gguf`) });
    const { metadata, close } = await openGguf(path(`linear ${index}.gguf`));
    await close();
    expect(metadata.get("llama.rope.scaling.type")?.value).toBe("linear");
    expect(metadata.get("llama.rope.scaling.factor")?.value).toBe(4);
    expect(metadata.get("llama.rope.freq_base")?.value).toBe(index === 0 ? 10_000 : 20_000);
  }
});

it("adds tokens as llama.cpp's converter does", async () => {
  const count = TOKENS.length + 4;
  const input = await writeHuggingFace(path("added"), GROUPED);
  const config = JSON.parse(await readFile(join(input, "config.json"), "utf8"));
  await writeFile(join(input, "config.json"), JSON.stringify({ ...config, vocab_size: count }));
  const first = TOKENS.length;
  await writeFile(
    join(input, "added_tokens.json"),
    JSON.stringify({ "<extra>": first, beyond: count }),
  );
  const settings = JSON.parse(await readFile(join(input, "tokenizer_config.json"), "utf8"));
  settings.added_tokens_decoder = {
    [first + 1]: { content: "<|im_start|>", special: false },
    [first + 2]: { content: "▁▁x", special: false },
  };
  settings.pad_token = "<|im_start|>";
  await writeFile(join(input, "tokenizer_config.json"), JSON.stringify(settings));
  const tensors = randomTensors(GROUPED).map((tensor) =>
    tensor.shape[0] === TOKENS.length && tensor.shape.length === 2
      ? {
          ...tensor,
          shape: [count, GROUPED.hidden],
          byteLength: count * GROUPED.hidden * 4,
          read: zeros,
        }
      : tensor,
  );
  await writeSafetensors(join(input, "model.safetensors"), tensors, { overwrite: true });
  await huggingFaceToGguf({ input, output: path("added.gguf") });
  const { metadata, close } = await openGguf(path("added.gguf"));
  await close();
  const last = (name: string) =>
    Array.from(metadata.get(`tokenizer.ggml.${name}`)?.value as unknown[]).slice(first);
  expect(last("tokens")).toEqual(["<extra>", "<|im_start|>", "  x", `[PAD${count - 1}]`]);
  expect(last("token_type")).toEqual([4, 3, 4, 5]);
  expect(last("scores")).toEqual([-1000, -1000, -1000, -10_000]);
  expect(metadata.get("tokenizer.ggml.padding_token_id")?.value).toBe(first + 1);
});

async function zeros(_offset: number, length: number): Promise<Uint8Array> {
  return new Uint8Array(length);
}

it("names Meta's checkpoints and PyTorch's, and says what to do", async () => {
  const folder = await writeHuggingFace(path("meta"), GROUPED);
  await rm(join(folder, "model.safetensors"));
  await writeFile(join(folder, "consolidated.00.pth"), "PK");
  await expect(detectFormat(folder)).rejects.toThrow(/convert_llama_weights_to_hf/);
  await expect(detectFormat(join(folder, "consolidated.00.pth"))).rejects.toThrow(
    /can hold programs/,
  );
});

it("leaves nothing of a conversion that is aborted", async () => {
  const input = await writeHuggingFace(path("aborted"), GROUPED);
  const controller = new AbortController();
  const output = path("aborted.gguf");
  const work = huggingFaceToGguf({
    input,
    output,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(work).rejects.toMatchObject({ name: "AbortError" });
  await expect(readFile(output)).rejects.toMatchObject({ code: "ENOENT" });
});
