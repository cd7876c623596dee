import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadModel } from "@llama2-kit/inference";
import { describe, expect, it } from "vitest";
import { listTensors } from "../../src/hugging-face/llama-shape.ts";
import { ggufToHuggingFace, huggingFaceToGguf, openGguf } from "../../src/index.ts";
import { logSoftmax, readWeights, referenceLogits } from "../support/reference-llama.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";
import {
  GROUPED,
  randomTensors,
  TEMPLATE,
  type TinyLlama,
  TOKENS,
  writeHuggingFace,
} from "../support/tiny-hugging-face.ts";

const path = useTemporaryFolder();

const LLAMAS: [string, TinyLlama][] = [
  ["grouped heads", GROUPED],
  ["one head of keys for each", { ...GROUPED, kvHeads: 4, seed: 2 }],
  ["tied embeddings", { ...GROUPED, isTied: true, seed: 3 }],
  ["other sizes", { hidden: 96, heads: 6, kvHeads: 2, feedForward: 64, layers: 3, seed: 4 }],
];

const PROMPT = "abc ab";
const IDS = [1, ...["▁ab", "c", "▁ab"].map((token) => TOKENS.indexOf(token))];

async function logprobsOf(model: string): Promise<Map<number, number>> {
  const loaded = await loadModel({
    model,
    gpu: false,
    threads: 1,
    contextSize: 64,
    kvCacheType: "f32",
    flashAttention: false,
  });
  try {
    const stream = loaded.complete(PROMPT, { temperature: 0, maxTokens: 1, logprobs: 50 });
    const [first] = (await stream.result).logprobs ?? [];
    return new Map(first?.top.map(({ token = -1, logprob }) => [token, logprob]));
  } finally {
    await loaded.dispose();
  }
}

describe.each(LLAMAS)("a folder with %s, as a GGUF", (name, llama) => {
  it("computes the same", async () => {
    const folder = await writeHuggingFace(path(name), llama);
    const output = path(`${name}.gguf`);
    await huggingFaceToGguf({ input: folder, output });
    const expected = logSoftmax(
      referenceLogits(await readWeights(randomTensors(llama)), llama, IDS, "halves"),
    );
    const found = await logprobsOf(output);
    expect(found.size).toBe(50);
    for (const [id, logprob] of found) expect(logprob).toBeCloseTo(expected[id] as number, 5);
  });

  it("has its rows where a GGUF has them", async () => {
    const model = await openGguf(path(`${name}.gguf`));
    const renamed = listTensors({ ...llama, vocabulary: TOKENS.length }, llama.isTied ?? false).map(
      ({ gguf, huggingFace }) => {
        const tensor = model.tensors.get(gguf);
        if (tensor === undefined) throw new Error(`no ${gguf}`);
        return { ...tensor, name: huggingFace };
      },
    );
    const weights = await readWeights(renamed);
    await model.close();
    const found = referenceLogits(weights, llama, IDS, "neighbours");
    const expected = referenceLogits(await readWeights(randomTensors(llama)), llama, IDS, "halves");
    for (const [id, logit] of found.entries())
      expect(logit).toBeCloseTo(expected[id] as number, 10);
    // The test would not notice rows in the wrong order if they computed the same.
    const wrong = referenceLogits(weights, llama, IDS, "halves");
    expect(wrong.some((logit, id) => Math.abs(logit - (expected[id] as number)) > 1e-2)).toBe(true);
  });

  it.each(llama === GROUPED ? (["F32", "F16", "BF16"] as const) : (["F16"] as const))(
    "comes back byte by byte in %s",
    async (type) => {
      const folder = await writeHuggingFace(path(`${name} ${type}`), {
        ...llama,
        type,
        shardBytes: 150_000,
      });
      const gguf = path(`${name} ${type}.gguf`);
      await huggingFaceToGguf({ input: folder, output: gguf });
      const back = path(`${name} ${type} back`);
      await ggufToHuggingFace({ input: gguf, output: back, shardBytes: 150_000 });
      const files = (await readdir(folder)).filter((file) => file.includes("safetensors"));
      expect(files.length).toBeGreaterThan(2);
      expect((await readdir(back)).filter((file) => file.includes("safetensors"))).toEqual(files);
      for (const file of files) {
        const [ours, theirs] = [
          await readFile(join(back, file)),
          await readFile(join(folder, file)),
        ];
        expect(ours.equals(theirs), file).toBe(true);
      }
      const again = path(`${name} ${type} again.gguf`);
      await huggingFaceToGguf({ input: back, output: again });
      const [first, second] = await Promise.all([openGguf(gguf), openGguf(again)]);
      expect([...second.metadata].filter(([key]) => key !== "general.name")).toEqual(
        [...first.metadata].filter(([key]) => key !== "general.name"),
      );
      await Promise.all([first.close(), second.close()]);
    },
  );
});

it("keeps the chat template and the special tokens", async () => {
  const folder = await writeHuggingFace(path("template"), GROUPED);
  const output = path("template.gguf");
  await huggingFaceToGguf({ input: folder, output });
  const { metadata, close } = await openGguf(output);
  await close();
  expect(metadata.get("tokenizer.chat_template")?.value).toBe(TEMPLATE);
  expect(metadata.get("tokenizer.ggml.tokens")?.value).toEqual(TOKENS);
  expect(metadata.get("tokenizer.ggml.bos_token_id")?.value).toBe(1);
  expect(metadata.get("tokenizer.ggml.eos_token_id")?.value).toBe(2);
  expect(metadata.get("tokenizer.ggml.unknown_token_id")?.value).toBe(0);
  expect(metadata.get("tokenizer.ggml.add_bos_token")?.value).toBe(true);
  expect(metadata.has("tokenizer.ggml.padding_token_id")).toBe(false);
});
