// Llama 2 models of real sizes with random weights, made here in seconds: speed does not depend on what weights say,
// and no gigabytes need to be downloaded or kept in Git. They are written into the system's folder for temporary
// files, and found again there.

import { createHash } from "node:crypto";
import { mkdir, open, rename, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import { alignment, encodeHeader, paddingOf, readTokenizerMetadata } from "./gguf.mjs";
import { ones, randomTensor, sizeOf } from "./tensor-data.mjs";

/**
 * @typedef {object} ModelShape a Llama 2 architecture, in GGUF's terms
 * @property {string} name with the format of most weights
 * @property {number} blocks
 * @property {number} width
 * @property {number} innerWidth of the feed-forward networks
 * @property {number} heads
 * @property {number} keyValueHeads
 * @property {number} contextSize
 * @property {import("./tensor-data.mjs").Format} format of the weights
 * @property {import("./tensor-data.mjs").Format} [outputFormat] of the output matrix; without one, it is the embeddings
 */

const vocabularySize = 32_000;

/** The tokens before these are special ones and bytes. */
const firstNormalToken = 259;

/** @type {Record<"110M" | "1B", ModelShape>} shapes that people know: of llama2.c's stories110M, and of TinyLlama */
const shapes = {
  "110M": {
    name: "random-110M.Q8_0",
    blocks: 12,
    width: 768,
    innerWidth: 2048,
    heads: 12,
    keyValueHeads: 12,
    contextSize: 4096,
    format: "Q8_0",
  },
  "1B": {
    name: "random-1B.Q4_0",
    blocks: 22,
    width: 2048,
    innerWidth: 5632,
    heads: 32,
    keyValueHeads: 4,
    contextSize: 4096,
    format: "Q4_0",
    outputFormat: "Q6_K", // as llama-quantize has it
  },
};

/**
 * Returns the path of a model's file, which is written where there is none yet.
 *
 * @param {keyof typeof shapes} size
 * @returns {Promise<string>}
 */
export async function findRandomModel(size) {
  const shape = shapes[size];
  const tensors = tensorsOf(shape);
  const header = encodeHeader(await metadataOf(shape), tensors);
  const folder = join(tmpdir(), "llama2-kit-models");
  // Part of the name, so that a file is not taken for one that a changed program would write.
  const hash = createHash("sha256").update(header).digest("hex").slice(0, 8);
  const path = join(folder, `${shape.name}.${hash}.gguf`);
  const bytes = tensors.reduce((sum, { bytes }) => sum + bytes + paddingOf(bytes), header.length);
  if ((await stat(path).catch(() => undefined))?.size === bytes) return path;
  await mkdir(folder, { recursive: true });
  const part = `${path}.${process.pid}.part`;
  await writeModel(part, header, tensors);
  await rename(part, path);
  return path;
}

async function writeModel(path, header, tensors) {
  const file = await open(path, "w");
  try {
    await file.writeFile(header);
    for (const tensor of tensors) {
      const data = tensor.format === "F32" ? [ones(tensor.columns)] : randomTensor(tensor);
      for (const chunk of data) await file.writeFile(chunk);
      await file.writeFile(Buffer.alloc(paddingOf(tensor.bytes)));
    }
  } finally {
    await file.close();
  }
}

/**
 * The tensors that llama.cpp looks for in a Llama. The rows of the output matrix that belong to special tokens and
 * bytes are zero, so these tokens are never the likeliest: no answer ends before its limit, whoever generates it,
 * and each token is a piece of text of its own.
 */
function tensorsOf({ blocks, width, innerWidth, heads, keyValueHeads, format, outputFormat }) {
  const keyValueWidth = (width / heads) * keyValueHeads;
  const matrix = (name, columns, rows, as = format, emptyRows = 0) => {
    const bytes = sizeOf(as, columns * rows);
    return { name: `${name}.weight`, columns, rows, format: as, emptyRows, bytes };
  };
  const norm = (name) => matrix(name, width, 1, "F32");
  const tensors = [
    matrix("token_embd", width, vocabularySize, format, outputFormat ? 0 : firstNormalToken),
    norm("output_norm"),
  ];
  if (outputFormat) {
    tensors.push(matrix("output", width, vocabularySize, outputFormat, firstNormalToken));
  }
  for (let block = 0; block < blocks; block++) {
    tensors.push(
      norm(`blk.${block}.attn_norm`),
      matrix(`blk.${block}.attn_q`, width, width),
      matrix(`blk.${block}.attn_k`, width, keyValueWidth),
      matrix(`blk.${block}.attn_v`, width, keyValueWidth),
      matrix(`blk.${block}.attn_output`, width, width),
      norm(`blk.${block}.ffn_norm`),
      matrix(`blk.${block}.ffn_gate`, width, innerWidth),
      matrix(`blk.${block}.ffn_up`, width, innerWidth),
      matrix(`blk.${block}.ffn_down`, innerWidth, width),
    );
  }
  return tensors;
}

/** The vocabulary and the chat template are cria's, so texts have the ids that they have with Llama 2. */
async function metadataOf(shape) {
  const { name, blocks, width, innerWidth, heads, keyValueHeads, contextSize } = shape;
  return {
    "general.architecture": "llama",
    "general.name": name,
    "general.alignment": { uint32: alignment },
    "llama.block_count": { uint32: blocks },
    "llama.context_length": { uint32: contextSize },
    "llama.embedding_length": { uint32: width },
    "llama.feed_forward_length": { uint32: innerWidth },
    "llama.attention.head_count": { uint32: heads },
    "llama.attention.head_count_kv": { uint32: keyValueHeads },
    "llama.attention.layer_norm_rms_epsilon": { float32: 1e-5 },
    "llama.rope.dimension_count": { uint32: width / heads },
    "llama.vocab_size": { uint32: vocabularySize },
    ...(await readTokenizerMetadata(criaModelPath)),
  };
}
