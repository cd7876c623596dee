import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalModel, loadModel } from "../src/index.ts";
import { useCria } from "./cria.ts";
import { ggufBytes } from "./gguf-file.ts";
import { tinyLlama } from "./tiny-llama.ts";

const cria = useCria();

/** Code Llama's own tokens, in the places of the tiny vocabulary's last four. */
const INFILL = { prefix: 286, suffix: 287, middle: 288, eot: 289 };

let folder: string;
let model: LocalModel;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llama2-kit-"));
  const path = join(folder, "tiny-code-llama.gguf");
  await writeFile(path, ggufBytes(tinyCodeLlama()));
  model = await loadModel({ model: path, gpu: false, threads: 1 });
});
afterAll(async () => {
  await model.dispose();
  await rm(folder, { recursive: true });
});

function tinyCodeLlama() {
  const { metadata, tensors } = tinyLlama();
  const [, , tokens] = metadata["tokenizer.ggml.tokens"] as ["array", "string", string[]];
  const [, , types] = metadata["tokenizer.ggml.token_type"] as ["array", "i32", number[]];
  const added = ["▁<PRE>", "▁<SUF>", "▁<MID>", "▁<EOT>"];
  return {
    metadata: {
      ...metadata,
      "tokenizer.ggml.tokens": ["array", "string", [...tokens.slice(0, -4), ...added]] as const,
      "tokenizer.ggml.token_type": ["array", "i32", [...types.slice(0, -4), 3, 3, 3, 3]] as const,
      "tokenizer.ggml.prefix_token_id": ["u32", INFILL.prefix] as const,
      "tokenizer.ggml.suffix_token_id": ["u32", INFILL.suffix] as const,
      "tokenizer.ggml.middle_token_id": ["u32", INFILL.middle] as const,
      "tokenizer.ggml.eot_token_id": ["u32", INFILL.eot] as const,
    },
    tensors,
  } as unknown as ReturnType<typeof tinyLlama>;
}

const gap = { prefix: "def f", suffix: "end" };

test("the prompt is Code Llama's: BOS, PRE, prefix, SUF, suffix without its space, MID", async () => {
  const text = (piece: string) => model.tokenize(piece);
  const space = text("a")[0]; // a text begins with a space of its own
  const ids = [
    1,
    INFILL.prefix,
    ...text("def f"),
    INFILL.suffix,
    ...text("end").filter((id, index) => index > 0 || id !== space),
    INFILL.middle,
  ];
  const options = { temperature: 0, maxTokens: 6 };
  const filled = await model.infill(gap, options).result;
  const completed = await model.complete(ids, options).result;
  expect(filled.usage.promptTokens).toBe(ids.length);
  expect(filled.tokens).toEqual(completed.tokens);
});

test("the end of the gap ends it", async () => {
  const logitBias = { [INFILL.eot]: 100 };
  const { finishReason, tokens } = await model.infill(gap, { logitBias, maxTokens: 5 }).result;
  expect({ finishReason, tokens }).toEqual({ finishReason: "stop", tokens: [INFILL.eot] });
});

test("a model without these tokens says so, and bad arguments are named", async () => {
  await expect(cria().infill(gap).result).rejects.toMatchObject({ code: "INFILL_UNSUPPORTED" });
  const bad = { prefix: "x" } as { prefix: string; suffix: string };
  await expect(model.infill(bad).result).rejects.toMatchObject({
    code: "BAD_PARAMETER",
    parameter: "suffix",
  });
});
