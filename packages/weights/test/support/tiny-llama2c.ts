import { writeFile } from "node:fs/promises";
import { listTensors } from "../../src/hugging-face/llama-shape.ts";
import { countValues } from "../../src/tensors/tensor-source.ts";
import { createRandom, normalNumbers } from "../quantize/random.ts";
import { TOKENS } from "./tiny-hugging-face.ts";

/** Sizes of the checkpoint. */
const LLAMA2C = {
  hidden: 64,
  feedForward: 96,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  vocabulary: TOKENS.length,
};

const CONTEXT = 64;

/** The weights of the checkpoint by their names in a GGUF, the same each time. */
export function llama2cWeights(isTied: boolean, sizes = LLAMA2C): Map<string, Float32Array> {
  const random = createRandom(5);
  return new Map(
    listTensors(sizes, isTied).map(({ gguf, shape }) => [
      gguf,
      normalNumbers(countValues(shape), 0.3, random),
    ]),
  );
}

/** What `run.c` reads, in its order: all layers of a kind together. */
const LEGACY = [
  "token_embd",
  "attn_norm",
  "attn_q",
  "attn_k",
  "attn_v",
  "attn_output",
  "ffn_norm",
  "ffn_gate",
  "ffn_down",
  "ffn_up",
  "output_norm",
];
const MODERN = [
  "attn_norm",
  "ffn_norm",
  "output_norm",
  "token_embd",
  "attn_q",
  "attn_k",
  "attn_v",
  "attn_output",
  "ffn_gate",
  "ffn_down",
  "ffn_up",
];

/** Writes a checkpoint as llama2.c's `export.py` does. */
export async function writeLlama2c(
  path: string,
  version: 0 | 1 | 2 = 0,
  isTied = true,
  sizes = LLAMA2C,
): Promise<string> {
  const weights = llama2cWeights(isTied, sizes);
  const kinds = version === 0 ? LEGACY : MODERN;
  const parts = kinds.flatMap((kind) =>
    ofKind(weights, kind).map((values) => encode(values, kind, version)),
  );
  if (version === 0) parts.push(Buffer.alloc(CONTEXT * (sizes.hidden / sizes.heads) * 4, 9));
  if (!isTied)
    parts.push(...ofKind(weights, "output").map((values) => encode(values, "output", version)));
  await writeFile(path, Buffer.concat([header(version, isTied, sizes), ...parts]));
  return path;
}

/** Writes its `tokenizer.bin`. */
export async function writeTokenizerBin(path: string): Promise<string> {
  const tokens = TOKENS.map((token, id) => {
    const text = Buffer.from(id === 1 || id === 2 ? `\n${token}\n` : token.replaceAll("▁", " "));
    const head = Buffer.alloc(8);
    head.writeFloatLE(-id);
    head.writeInt32LE(text.length, 4);
    return Buffer.concat([head, text]);
  });
  const longest = Buffer.alloc(4);
  longest.writeInt32LE(7);
  await writeFile(path, Buffer.concat([longest, ...tokens]));
  return path;
}

function ofKind(weights: ReadonlyMap<string, Float32Array>, kind: string): Float32Array[] {
  const names = [
    `${kind}.weight`,
    ...Array.from({ length: LLAMA2C.layers }, (_, layer) => `blk.${layer}.${kind}.weight`),
  ];
  return names.flatMap((name) => weights.get(name) ?? []);
}

function header(version: number, isTied: boolean, sizes: typeof LLAMA2C): Buffer {
  const { hidden, feedForward, layers, heads, kvHeads, vocabulary } = sizes;
  const numbers = Int32Array.of(hidden, feedForward, layers, heads, kvHeads, vocabulary, CONTEXT);
  if (version === 0 && !isTied) numbers[5] = -vocabulary;
  if (version === 0) return Buffer.from(numbers.buffer);
  const bytes = Buffer.alloc(256);
  bytes.writeUInt32LE(0x616b3432);
  bytes.writeInt32LE(version, 4);
  bytes.set(new Uint8Array(numbers.buffer), 8);
  bytes.writeUInt8(Number(isTied), 36);
  if (version === 2) bytes.writeInt32LE(32, 37);
  return bytes;
}

function encode(values: Float32Array, kind: string, version: number): Buffer {
  if (version < 2 || kind.includes("norm")) return Buffer.from(values.buffer);
  const levels = Buffer.alloc(values.length);
  const scales = new Float32Array(values.length / 32);
  for (const group of scales.keys()) {
    const some = values.subarray(group * 32, (group + 1) * 32);
    const scale = Math.fround(
      some.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127,
    );
    scales[group] = scale;
    for (const [index, value] of some.entries())
      levels.writeInt8(Math.round(value / scale), group * 32 + index);
  }
  return Buffer.concat([levels, Buffer.from(scales.buffer)]);
}
