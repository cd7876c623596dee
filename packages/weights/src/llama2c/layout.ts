import { type LlamaTensor, listTensors } from "../hugging-face/llama-shape.ts";
import { countValues } from "../tensors/tensor-source.ts";
import type { Llama2cHeader } from "./header.ts";

/** Where a tensor stands in a checkpoint. */
export interface PlacedTensor {
  /** Its name in a GGUF. llama2.c orders the rows of `q` and `k` as a GGUF does. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: number;
  /** Whether it is in 8 bits: a byte for each weight, then the scales. */
  readonly isQuantised: boolean;
}

const MATRICES = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_down", "ffn_up"];

/** Kinds of tensors in the order of each version; those of layers stand there once for each layer. */
function orderOf({ version, config }: Llama2cHeader): readonly string[] {
  const output = config.isTied ? [] : ["output"];
  if (version !== 0) {
    return ["attn_norm", "ffn_norm", "output_norm", "token_embd", ...MATRICES, ...output];
  }
  const [q, k, v, o, ...feedForward] = MATRICES as [string, string, string, string, ...string[]];
  const before = ["token_embd", "attn_norm", q, k, v, o, "ffn_norm", ...feedForward, "output_norm"];
  return [...before, "rope", ...output];
}

/**
 * Places all tensors of a checkpoint.
 *
 * @returns the tensors, and the bytes that the whole file must have
 */
export function placeTensors(header: Llama2cHeader): {
  tensors: PlacedTensor[];
  fileBytes: number;
} {
  const { config, groupSize, version } = header;
  const kinds = sortByKind(listTensors(config, config.isTied));
  const tensors: PlacedTensor[] = [];
  let start = header.bytes;
  for (const kind of orderOf(header)) {
    if (kind === "rope") start += ropeBytes(header);
    for (const { gguf: name, shape } of kinds.get(kind) ?? []) {
      const isQuantised = version === 2 && shape.length === 2;
      const values = countValues(shape);
      tensors.push({ name, shape, start, isQuantised });
      start += isQuantised ? values + (values / groupSize) * 4 : values * 4;
    }
  }
  return { tensors, fileBytes: start };
}

/** Tensors by what they are called in every layer, such as `attn_q`; of no layer by their own names. */
function sortByKind(tensors: readonly LlamaTensor[]): Map<string, LlamaTensor[]> {
  const kinds = new Map<string, LlamaTensor[]>();
  for (const tensor of tensors) {
    const kind = tensor.gguf.replace(/^blk\.\d+\.|\.weight$/g, "");
    const others = kinds.get(kind);
    if (others) others.push(tensor);
    else kinds.set(kind, [tensor]);
  }
  return kinds;
}

/** Of old, tables of the rotary embedding's sines and cosines stand there, which nobody reads any more. */
function ropeBytes({ config }: Llama2cHeader): number {
  return config.contextLength * (config.hidden / config.heads) * 4;
}
