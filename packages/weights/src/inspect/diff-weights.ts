import { openModel } from "../convert/open-model.ts";
import type { Metadata, MetadataValue } from "../tensors/metadata.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import type { TensorType } from "../tensors/tensor-type.ts";
import type { WriteOptions } from "../tensors/write-options.ts";
import { compareTensors } from "./compare-tensors.ts";

/** How two models differ. */
export interface WeightsDiff {
  /** Whether they do not differ at all. */
  readonly isSame: boolean;
  /** Keys of the metadata that only the first has. */
  readonly removedMetadata: readonly string[];
  /** Keys of the metadata that only the second has. */
  readonly addedMetadata: readonly string[];
  readonly changedMetadata: readonly ChangedMetadata[];
  /** Names of tensors that only the first has. */
  readonly removedTensors: readonly string[];
  /** Names of tensors that only the second has. */
  readonly addedTensors: readonly string[];
  readonly changedTensors: readonly ChangedTensor[];
  /** How many tensors are the same. */
  readonly sameTensors: number;
}

/** An entry of the metadata with two values. */
export interface ChangedMetadata {
  readonly key: string;
  readonly first: MetadataValue;
  readonly second: MetadataValue;
}

/** A tensor that the two have, but not the same. */
export interface ChangedTensor {
  readonly name: string;
  readonly first: { readonly type: TensorType; readonly shape: readonly number[] };
  readonly second: { readonly type: TensorType; readonly shape: readonly number[] };
  /**
   * The largest difference of two weights. Undefined where shapes differ, where values were not compared, and for
   * types that are not dequantised here.
   */
  readonly maxDifference: number | undefined;
}

/** What `diffWeights` takes beside the two models. */
export interface DiffOptions extends Pick<WriteOptions, "signal" | "onProgress"> {
  /** Whether values are compared, for which both models are read; true by default. */
  readonly values?: boolean | undefined;
}

/**
 * Tells how two models differ: in metadata, and in tensors by name, shape, type and values. Tensors of different
 * types are dequantised and compared, so that it shows what a quantisation costs.
 *
 * @param first - path of a model, of any format that is read here
 * @param second - path of the other
 * @param options - `values: false` compares no values; `signal`; `onProgress`
 * @throws WeightsError as `openModel`
 * @example
 * ```ts
 * const { changedTensors } = await diffWeights("llama-2-7b.F16.gguf", "llama-2-7b.Q8_0.gguf");
 * console.log(Math.max(...changedTensors.map(({ maxDifference = 0 }) => maxDifference)));
 * ```
 */
export async function diffWeights(
  first: string,
  second: string,
  options: DiffOptions = {},
): Promise<WeightsDiff> {
  const a = await openModel(first);
  try {
    const b = await openModel(second);
    try {
      return await diffModels(a, b, options);
    } finally {
      await b.close();
    }
  } finally {
    await a.close();
  }
}

async function diffModels(
  a: ModelWeights,
  b: ModelWeights,
  options: DiffOptions,
): Promise<WeightsDiff> {
  const metadata = diffMetadata(a.metadata, b.metadata);
  const pairs = [...a.tensors.values()].flatMap((tensor): [TensorSource, TensorSource][] => {
    const other = b.tensors.get(tensor.name);
    return other === undefined ? [] : [[tensor, other]];
  });
  const total = pairs.reduce((sum, [tensor]) => sum + tensor.byteLength, 0);
  const changedTensors: ChangedTensor[] = [];
  let done = 0;
  for (const [tensor, other] of pairs) {
    options.signal?.throwIfAborted();
    const changed = await diffTensor(tensor, other, options);
    if (changed !== undefined) changedTensors.push(changed);
    done += tensor.byteLength;
    options.onProgress?.({ done, total });
  }
  const removedTensors = [...a.tensors.keys()].filter((name) => !b.tensors.has(name));
  const addedTensors = [...b.tensors.keys()].filter((name) => !a.tensors.has(name));
  const differences = [removedTensors, addedTensors, changedTensors, ...Object.values(metadata)];
  return {
    isSame: differences.every((list) => list.length === 0),
    ...metadata,
    removedTensors,
    addedTensors,
    changedTensors,
    sameTensors: pairs.length - changedTensors.length,
  };
}

function diffMetadata(a: Metadata, b: Metadata) {
  const changedMetadata: ChangedMetadata[] = [];
  for (const [key, first] of a) {
    const second = b.get(key);
    if (second !== undefined && !isSameValue(first, second))
      changedMetadata.push({ key, first, second });
  }
  return {
    removedMetadata: [...a.keys()].filter((key) => !b.has(key)),
    addedMetadata: [...b.keys()].filter((key) => !a.has(key)),
    changedMetadata,
  };
}

function isSameValue(a: MetadataValue, b: MetadataValue): boolean {
  if (a.type !== b.type) return false;
  if (a.type !== "array" || b.type !== "array") return Object.is(a.value, b.value);
  const [first, second]: readonly ArrayLike<unknown>[] = [a.value, b.value];
  if (a.elements !== b.elements || first?.length !== second?.length) return false;
  return Array.prototype.every.call(first, (item, index) => Object.is(item, second?.[index]));
}

async function diffTensor(
  a: TensorSource,
  b: TensorSource,
  options: DiffOptions,
): Promise<ChangedTensor | undefined> {
  const hasSameShape =
    a.shape.length === b.shape.length && a.shape.every((size, at) => size === b.shape[at]);
  const values =
    hasSameShape && options.values !== false
      ? await compareTensors(a, b, options.signal)
      : undefined;
  if (hasSameShape && a.type === b.type && values?.isSame !== false) return undefined;
  return {
    name: a.name,
    first: { type: a.type, shape: a.shape },
    second: { type: b.type, shape: b.shape },
    maxDifference: values?.maxDifference,
  };
}
