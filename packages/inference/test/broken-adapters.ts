import type { BrokenFile } from "./broken-models.ts";
import { ggufBytes, type TestTensor } from "./gguf-file.ts";
import { type LoraOptions, loraFile, type Target } from "./lora-file.ts";
import { tinyLlama } from "./tiny-llama.ts";

/** Adapters for cria with something wrong in them. */

const whole = ggufBytes(loraFile());

const broken = (code: string) => (what: string, options: LoraOptions, message: RegExp) => ({
  what,
  bytes: () => ggufBytes(loraFile(options)),
  code,
  message,
});
const noAdapter = broken("NOT_AN_ADAPTER");
const mismatch = broken("ADAPTER_MISMATCH");

const raw = (what: string, code: string, bytes: () => Uint8Array, message: RegExp): BrokenFile => ({
  what,
  bytes,
  code,
  message,
});

/** Changes one tensor, or takes it away. */
const change =
  (name: string, by: (tensor: TestTensor) => TestTensor[]) =>
  (tensors: TestTensor[]): TestTensor[] =>
    tensors.flatMap((tensor) => (tensor.name === name ? by(tensor) : tensor));

const Q = "blk.0.attn_q.weight";
const query: Target = [Q, 192, 192];

export const brokenAdapters: readonly BrokenFile[] = [
  raw("empty", "NOT_AN_ADAPTER", () => new Uint8Array(), /it is empty/),
  raw("a web page", "NOT_AN_ADAPTER", () => Buffer.from("<html>"), /HTML/),
  raw("of PyTorch", "NOT_AN_ADAPTER", () => Buffer.from("PK\u0003\u0004"), /zip.*convert it/),
  raw("of the old format", "NOT_AN_ADAPTER", () => Buffer.from("ggla"), /adapter of .* old format/),
  raw("a model", "NOT_AN_ADAPTER", () => ggufBytes(tinyLlama()), /general\.type is "model"/),
  raw("cut at 100 bytes", "ADAPTER_TRUNCATED", () => whole.subarray(0, 100), /ends within/),
  raw(
    "cut in a tensor",
    "ADAPTER_TRUNCATED",
    () => whole.subarray(0, whole.length / 2),
    /tensor blk\.\d\.\w+\.weight\.lora_[ab] is incomplete/,
  ),
  raw(
    "cut by its last byte",
    "ADAPTER_TRUNCATED",
    () => whole.subarray(0, -1),
    /blk\.5\.ffn_down\.weight\.lora_b is incomplete/,
  ),
  raw(
    "with a tensor twice",
    "ADAPTER_TRUNCATED",
    () => ggufBytes(loraFile({ targets: [query, query] })),
    /lora_a twice/,
  ),

  noAdapter("of no type", { metadata: { "general.type": undefined } }, /general\.type is missing/),
  noAdapter(
    "with a number for a type",
    { metadata: { "general.type": ["u32", 1] } },
    /general\.ty/,
  ),
  noAdapter("of another type", { metadata: { "adapter.type": ["string", "x"] } }, /type is "x"/),
  noAdapter("of no adapter's type", { metadata: { "adapter.type": undefined } }, /type is missing/),
  noAdapter("of no architecture", { metadata: { "general.architecture": undefined } }, /architec/),
  noAdapter(
    "with a text for alpha",
    { metadata: { "adapter.lora.alpha": ["string", "1"] } },
    /alpha/,
  ),
  noAdapter("with a whole alpha", { metadata: { "adapter.lora.alpha": ["u32", 1] } }, /alpha/),
  noAdapter("with an alpha of NaN", { alpha: Number.NaN }, /alpha/),
  noAdapter("without tensors", { targets: [] }, /has no tensors/),
  noAdapter(
    "with half a pair",
    { tensors: change(`${Q}.lora_b`, () => []) },
    /pair for blk\.0\.attn_q\.weight, lora_b is missing/,
  ),
  noAdapter("of rank 0", { targets: [query], rank: 0 }, /lora_a is 192x0, and no matrix/),
  noAdapter(
    "of two ranks",
    {
      tensors: change(`${Q}.lora_b`, (tensor) => [
        { ...tensor, dimensions: [8, 192], data: new Float32Array(8 * 192) },
      ]),
    },
    /pair for blk\.0\.attn_q\.weight has the ranks 4 and 8/,
  ),
  noAdapter(
    "of whole numbers",
    { tensors: change(`${Q}.lora_a`, (tensor) => [{ ...tensor, type: 26 }]) },
    /lora_a is of type I32/,
  ),
  noAdapter(
    "of three dimensions",
    { tensors: change(`${Q}.lora_a`, (tensor) => [{ ...tensor, dimensions: [192, 2, 2] }]) },
    /lora_a is 192x2x2, and no matrix/,
  ),
  noAdapter(
    "with something else in it",
    { tensors: (all) => [...all, { name: "x", dimensions: [1], data: new Float32Array(1) }] },
    /tensor x is no part/,
  ),
  noAdapter(
    "for a norm",
    { targets: [["blk.0.attn_norm.weight", 192, 1]] },
    /no matrix.*no effect/,
  ),
  noAdapter(
    "for embeddings that are the output, too",
    { targets: [["token_embd.weight", 32000, 192]] },
    /token_embd\.weight, which the model uses for its output too/,
  ),

  mismatch(
    "for another architecture",
    { metadata: { "general.architecture": ["string", "qwen2"] } },
    /for the architecture "qwen2", not llama/,
  ),
  mismatch("for more layers", { targets: [["blk.31.attn_q.weight", 192, 192]] }, /blk\.31\.attn_q/),
  mismatch(
    "for a larger model",
    { targets: [[Q, 4096, 4096]] },
    /blk\.0\.attn_q\.weight as if it were 4096x4096, and it is 192x192/,
  ),
  mismatch("for more heads", { targets: [["blk.0.attn_v.weight", 192, 192]] }, /it is 192x96/),
];
