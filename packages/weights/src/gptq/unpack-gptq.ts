import { WeightsError } from "../error.ts";
import { askedRows } from "../tensors/asked-rows.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";
import { type TensorSource, tensorBytes } from "../tensors/tensor-source.ts";
import type { TensorType } from "../tensors/tensor-type.ts";
import type { GptqConfig } from "./gptq-config.ts";
import {
  type GptqForm,
  type PackedLinear,
  type PackedTensors,
  readPackedLinear,
} from "./packed-linear.ts";
import { RoundingError, type RoundingErrorFigures } from "./rounding-error.ts";
import { unpackRows } from "./unpack-rows.ts";

/** What became of a packed layer's weight, and its error: of unpacking it, and where its type is another, of that as well. */
export interface GptqReport extends RoundingErrorFigures {
  /** Q4_0 is exact; Q4_1 has rounded minima; F16 has rounded weights, as the layer is ordered by activation. */
  readonly form: GptqForm;
  /** The type that it has in the end: the form, unless another was asked for. */
  readonly type: TensorType;
}

/** A model whose packed layers read as weights. */
export interface UnpackedGptq extends ModelWeights {
  /** For each unpacked tensor, by name, its form and its error, which grows while the tensor is read. */
  readonly report: ReadonlyMap<string, GptqReport>;
}

const PART = /^(?<layer>.+)\.(?<part>qweight|qzeros|scales|g_idx)$/;

/**
 * A GPTQ model of 4 bits with each packed layer as one tensor: `x.qweight`, `x.qzeros`, `x.scales` and `x.g_idx` become
 * `x.weight` of type Q4_0 where the layer is symmetric (exact), Q4_1 where it is not, F16 where it is ordered by
 * activation. Reading a row needs all of its layer's packed weights, so one layer at a time is kept in memory: 117 MB of a 70B.
 *
 * @param model - the open safetensors
 * @param config - what `readGptqConfig` found
 * @returns the model; closing it closes the given one
 * @throws WeightsError `BAD_TENSOR` where a layer's parts are missing or do not fit; `UNSUPPORTED` for a layer with a bias
 * @example
 * ```ts
 * const config = await readGptqConfig(folder);
 * const model = await openSafetensors(folder);
 * const weights = config ? await unpackGptq(model, config) : model;
 * ```
 */
export async function unpackGptq(model: ModelWeights, config: GptqConfig): Promise<UnpackedGptq> {
  const memory: LayerMemory = { layer: undefined, words: undefined };
  const tensors = new Map<string, TensorSource>();
  const report = new Map<string, GptqReport>();
  const layers = collectLayers(model);
  for (const tensor of model.tensors.values()) {
    const { layer, part } = PART.exec(tensor.name)?.groups ?? {};
    const parts = layer === undefined ? undefined : layers.get(layer);
    if (layer === undefined || parts === undefined) {
      if (!(await isNoBias(tensor, layers))) tensors.set(tensor.name, tensor);
    } else if (part === "qweight") {
      const linear = await readPackedLinear(layer, parts, config.zeroOffset);
      const error = new RoundingError();
      const weight = unpackedTensor(linear, error, memory);
      tensors.set(weight.name, weight);
      report.set(weight.name, reportOf(linear.form, error));
    }
  }
  const { format, metadata } = model;
  return { format, metadata, tensors, report, close: () => model.close() };
}

/** The packed layers by name, each with all of its parts. */
function collectLayers({ tensors }: ModelWeights): Map<string, PackedTensors> {
  const layers = new Map<string, PackedTensors>();
  for (const name of tensors.keys()) {
    if (!name.endsWith(".qweight")) continue;
    const layer = name.slice(0, -".qweight".length);
    const part = (ending: string) => requirePart(layer, ending, tensors);
    layers.set(layer, {
      qweight: part("qweight"),
      qzeros: part("qzeros"),
      scales: part("scales"),
      g_idx: tensors.get(`${layer}.g_idx`),
    });
  }
  return layers;
}

function requirePart(
  layer: string,
  ending: string,
  tensors: ReadonlyMap<string, TensorSource>,
): TensorSource {
  const tensor = tensors.get(`${layer}.${ending}`);
  if (tensor) return tensor;
  throw new WeightsError(
    "BAD_TENSOR",
    `The GPTQ layer ${layer} has no ${ending}. Download the model again.`,
  );
}

/** Older tools gave each layer a bias of zeros, which a Llama does not have. */
async function isNoBias(
  tensor: TensorSource,
  layers: ReadonlyMap<string, PackedTensors>,
): Promise<boolean> {
  if (!tensor.name.endsWith(".bias") || !layers.has(tensor.name.slice(0, -5))) return false;
  const bytes = await tensor.read(0, tensor.byteLength);
  if (bytes.every((byte) => byte === 0)) return true;
  throw new WeightsError(
    "UNSUPPORTED",
    `${tensor.name} is a bias that is not zero, and Llama 2 has none.`,
  );
}

/** The one layer whose packed weights are in memory. */
interface LayerMemory {
  layer: PackedLinear | undefined;
  words: Promise<Uint32Array> | undefined;
}

function unpackedTensor(
  linear: PackedLinear,
  error: RoundingError,
  memory: LayerMemory,
): TensorSource {
  const { form, inputs, outputs } = linear;
  const shape = [outputs, inputs];
  const name = `${linear.name}.weight`;
  async function read(offset: number, length: number, into = new Uint8Array(length)) {
    const rows = askedRows({ name, shape, type: form }, offset, length);
    if (memory.layer !== linear) Object.assign(memory, { layer: linear, words: readWords(linear) });
    const words = await (memory.words as Promise<Uint32Array>);
    const bytes = into.subarray(0, length);
    unpackRows(linear, words, rows, bytes, error);
    return bytes;
  }
  return { name, shape, type: form, byteLength: tensorBytes(form, shape), read };
}

async function readWords({ qweight }: PackedLinear): Promise<Uint32Array> {
  const bytes = new Uint8Array(qweight.byteLength);
  await qweight.read(0, bytes.length, bytes);
  return new Uint32Array(bytes.buffer);
}

function reportOf(form: GptqForm, error: RoundingError): GptqReport {
  return {
    form,
    type: form,
    get rmse() {
      return error.rmse;
    },
    get max() {
      return error.max;
    },
  };
}
