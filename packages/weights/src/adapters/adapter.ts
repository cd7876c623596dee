import { WeightsError } from "../error.ts";
import { type LlamaTensor, listTensors } from "../hugging-face/llama-shape.ts";
import { permuteRows } from "../hugging-face/permute-rows.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import type { AdapterBase } from "./adapter-base.ts";

/** Whose order the rows of `q` and `k` have. */
export type RowOrder = "gguf" | "huggingFace";

/** Both halves of a pair are in memory when they are merged. Real ranks are below 512. */
export const MAX_RANK: number = 2 ** 12;

/** The two small matrices whose product is added to a tensor of the base. */
export interface LoraPair {
  readonly target: LlamaTensor;
  readonly rank: number;
  /** `[rank, columns]`; for the embeddings `[vocabulary, rank]`, since llama.cpp looks up rows of it. */
  readonly a: TensorSource;
  /** `[rows, rank]`; for the embeddings `[hidden, rank]`. */
  readonly b: TensorSource;
  /** The product is multiplied by this, divided by the rank. */
  readonly alpha: number;
}

/** An open adapter. */
export interface Adapter {
  readonly path: string;
  readonly order: RowOrder;
  readonly pairs: readonly LoraPair[];
  close(): Promise<void>;
}

/** The tensors of a base that an adapter can change, by the name they have in GGUF or in Hugging Face's folders. */
export function listTargets(base: AdapterBase, by: RowOrder): Map<string, LlamaTensor> {
  const matrices = listTensors(base.shape, base.isTied).filter(({ shape }) => shape.length === 2);
  return new Map(matrices.map((tensor) => [tensor[by], tensor]));
}

/** Whether a tensor is the embeddings, whose pair is laid out otherwise. */
export function isEmbedding(target: LlamaTensor): boolean {
  return target.gguf === "token_embd.weight";
}

/** A pair with its rows in the order wanted. */
export function orderPair(pair: LoraPair, from: RowOrder, to: RowOrder): LoraPair {
  const { heads } = pair.target;
  if (from === to || heads === undefined) return pair;
  return { ...pair, b: permuteRows(pair.b, heads, to) };
}

/**
 * Checks that two halves fit each other and the tensor they change.
 *
 * @returns their rank
 * @throws WeightsError `BAD_ADAPTER`
 */
export function checkHalves(
  path: string,
  target: LlamaTensor,
  a: Pick<TensorSource, "name" | "shape">,
  b: Pick<TensorSource, "name" | "shape">,
): number {
  const rank = b.shape[1] ?? 0;
  if (rank > MAX_RANK) {
    throw badAdapter(path, `${b.name} has the rank ${rank}, and ${MAX_RANK} is read at most`);
  }
  const [rows = 0, columns = 0] = target.shape;
  const [aShape, bShape] = isEmbedding(target)
    ? [
        [rows, rank],
        [columns, rank],
      ]
    : [
        [rank, columns],
        [rows, rank],
      ];
  for (const [half, shape] of [
    [a, aShape],
    [b, bShape],
  ] as const) {
    const fits = half.shape.length === 2 && half.shape.every((size, i) => size === shape[i]);
    if (fits && rank > 0) continue;
    const is = half.shape.join(" x ");
    throw badAdapter(path, `${half.name} is ${is}, and must be ${shape.join(" x ")} for this base`);
  }
  return rank;
}

/** The error for an adapter that is damaged or not for this base. */
export function badAdapter(path: string, problem: string, cause?: unknown): WeightsError {
  const message = `The adapter ${path} cannot be used: ${problem}.`;
  return new WeightsError("BAD_ADAPTER", message, { path, cause });
}

/** Names that stand in a message at most. */
const SHOWN_NAMES = 100;

/** The error for what an adapter has that cannot be told here: all of it, by name. */
export function unsupportedParts(path: string, parts: readonly string[]): WeightsError {
  const shown = parts.slice(0, SHOWN_NAMES).join("; ");
  const more = parts.length > SHOWN_NAMES ? `; and ${parts.length - SHOWN_NAMES} more` : "";
  return new WeightsError(
    "UNSUPPORTED",
    `The adapter ${path} has what LoRA in a GGUF has no place for: ${shown}${more}.`,
    { path },
  );
}
