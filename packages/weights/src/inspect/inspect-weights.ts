import { stat } from "node:fs/promises";
import { openModel } from "../convert/open-model.ts";
import type { Metadata } from "../tensors/metadata.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";
import { countValues } from "../tensors/tensor-source.ts";
import type { TensorType } from "../tensors/tensor-type.ts";

/** What a model's files hold. */
export interface Inspection {
  readonly format: ModelWeights["format"];
  /** Bytes of the file; undefined for a model of several. */
  readonly fileBytes: number | undefined;
  /** A GGUF's metadata; texts of a safetensors file. */
  readonly metadata: Metadata;
  /** Weights of all tensors. */
  readonly parameters: number;
  /** Bytes of all tensors. */
  readonly tensorBytes: number;
  /** Tensors in the order of the file. */
  readonly tensors: readonly InspectedTensor[];
  /** What there is of each type, the most bytes first. */
  readonly types: readonly InspectedType[];
}

/** A tensor of an inspected model. */
export interface InspectedTensor {
  readonly name: string;
  readonly type: TensorType;
  /** Outermost first. */
  readonly shape: readonly number[];
  readonly parameters: number;
  readonly bytes: number;
}

/** All tensors of a type. */
export interface InspectedType {
  readonly type: TensorType;
  readonly tensors: number;
  readonly parameters: number;
  readonly bytes: number;
}

/**
 * Tells what a model's files hold, from their headers alone.
 *
 * @param path - a GGUF, safetensors, a Hugging Face folder or a llama2.c checkpoint
 * @returns metadata, tensors, parameters and sizes
 * @throws WeightsError as `openModel`
 * @example
 * ```ts
 * const { parameters, types } = await inspectWeights("llama-2-7b.Q4_K_M.gguf");
 * console.log(parameters, types.map(({ type, tensors }) => `${tensors} x ${type}`));
 * ```
 */
export async function inspectWeights(path: string): Promise<Inspection> {
  const model = await openModel(path);
  try {
    const tensors = [...model.tensors.values()].map(({ name, type, shape, byteLength }) => ({
      name,
      type,
      shape,
      parameters: countValues(shape),
      bytes: byteLength,
    }));
    const facts = await stat(path);
    return {
      format: model.format,
      fileBytes: facts.isFile() ? facts.size : undefined,
      metadata: model.metadata,
      parameters: sum(tensors, "parameters"),
      tensorBytes: sum(tensors, "bytes"),
      tensors,
      types: sumTypes(tensors),
    };
  } finally {
    await model.close();
  }
}

function sum(tensors: readonly InspectedTensor[], what: "parameters" | "bytes"): number {
  return tensors.reduce((total, tensor) => total + tensor[what], 0);
}

function sumTypes(tensors: readonly InspectedTensor[]): InspectedType[] {
  const byType = new Map<TensorType, InspectedTensor[]>();
  for (const tensor of tensors) {
    byType.set(tensor.type, [...(byType.get(tensor.type) ?? []), tensor]);
  }
  return [...byType]
    .map(([type, some]) => ({
      type,
      tensors: some.length,
      parameters: sum(some, "parameters"),
      bytes: sum(some, "bytes"),
    }))
    .sort((a, b) => b.bytes - a.bytes);
}
