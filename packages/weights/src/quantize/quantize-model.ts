import { castTensors } from "../convert/cast-tensors.ts";
import { badOption, WeightsError } from "../error.ts";
import { openGguf } from "../gguf/open-gguf.ts";
import { writeGguf } from "../gguf/write-gguf.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import type { TensorType } from "../tensors/tensor-type.ts";
import type { WriteOptions } from "../tensors/write-options.ts";
import { avoidLibrary } from "./avoid-library.ts";
import { codecOf } from "./codecs.ts";
import { type FileType, fileTypeNumber, fileTypes, isFileType } from "./file-type.ts";
import { markType } from "./mark-type.ts";
import { type PlannedModel, planTypes, sortTensors } from "./plan-types.ts";

/** What `quantizeModel` takes. */
export interface QuantizeOptions extends WriteOptions {
  /** The GGUF file to read; of a split one, the first part. */
  readonly input: string;
  /** The GGUF file to write. */
  readonly output: string;
  /** What the model is to be, such as `Q8_0` or `Q4_K_M`. */
  readonly type: FileType;
  /**
   * Another type for a tensor than the one planned for it; undefined leaves the plan. Return `tensor.type` to keep a
   * tensor as it is.
   */
  readonly chooseType?:
    | ((tensor: TensorSource, planned: TensorType) => TensorType | undefined)
    | undefined;
  /** Whether tensors that are quantised already may be quantised anew, which costs quality. */
  readonly requantize?: boolean | undefined;
  /** The folder with ggml's library, where it is not node-llama-cpp's. */
  readonly libDir?: string | undefined;
}

/** What came of it. */
export interface QuantizeResult {
  /** The type of each tensor of the output. */
  readonly types: ReadonlyMap<string, TensorType>;
  /** Whether the output's matrix has 8 bits instead of 6, as ggml's library was not there to make them. */
  readonly isOutputQ8: boolean;
}

/**
 * Quantises a GGUF file in memory of a few chunks, whatever the model's size. The output is the file that llama-quantize
 * writes, to the byte.
 *
 * F32, F16, BF16, Q8_0, Q4_0 and Q4_1 are made here; Q5_0, Q5_1 and the K-quants by ggml's library (`koffi` and
 * `node-llama-cpp` must be installed). llama-quantize gives the output's matrix of a Q4_0 or Q4_1 model
 * 6 bits (Q6_K). Where the library is missing it gets 8 (Q8_0): larger, and better.
 *
 * @param options - input, output, type, and what differs from the usual
 * @returns the types of the tensors
 * @throws WeightsError `MISSING_LIBRARY`; `UNSUPPORTED` for what is quantised already, unless `requantize` is set;
 *   `BAD_TENSOR` for weights that are no numbers; `OUTPUT_EXISTS`; and all of `openGguf`
 * @example
 * ```ts
 * await quantizeModel({ input: "llama-2-7b.F16.gguf", output: "llama-2-7b.Q8_0.gguf", type: "Q8_0" });
 * ```
 */
export async function quantizeModel(options: QuantizeOptions): Promise<QuantizeResult> {
  const { type, libDir } = options;
  if (!isFileType(type)) throw badOption("type", type, `one of ${fileTypes.join(", ")}`);
  const model = await openGguf(options.input);
  try {
    const planned = plan(model, options);
    const isOutputQ8 = await avoidLibrary(planned, type, libDir);
    const sorted = sortTensors(model.tensors.values());
    const typeOf = (tensor: TensorSource) => planned.get(tensor.name) ?? tensor.type;
    const tensors = await castTensors(sorted, { typeOf, libDir });
    const metadata = markType(model.metadata, fileTypeNumber(type));
    await writeGguf(options.output, { metadata, tensors }, options);
    return { types: planned, isOutputQ8 };
  } finally {
    await model.close();
  }
}

function plan(model: PlannedModel, options: QuantizeOptions): Map<string, TensorType> {
  const planned = planTypes(model, options.type);
  for (const tensor of model.tensors.values()) {
    const usual = planned.get(tensor.name) ?? tensor.type;
    const chosen = options.chooseType?.(tensor, usual) ?? usual;
    planned.set(tensor.name, chosen);
    if (chosen !== tensor.type) requireFullPrecision(tensor, options);
  }
  return planned;
}

function requireFullPrecision({ name, type }: TensorSource, options: QuantizeOptions): void {
  codecOf(type);
  if (options.requantize || type === "F32" || type === "F16" || type === "BF16") return;
  throw new WeightsError(
    "UNSUPPORTED",
    `Tensor ${name} of ${options.input} is quantised already, to ${type}. Start from the model's F16, BF16 or F32, or set requantize and lose some more quality.`,
    { path: options.input },
  );
}
