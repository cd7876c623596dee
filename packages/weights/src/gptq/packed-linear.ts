import { WeightsError } from "../error.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";

/** The tensors of one linear layer in a GPTQ file: eight weights of 4 bits in each number of 32. */
export interface PackedTensors {
  /** `[inputs / 8, outputs]`: eight weights of one output below each other in a number, the first in the lowest bits. */
  readonly qweight: TensorSource;
  /** `[groups, outputs / 8]`: the zero points of eight outputs in a number. */
  readonly qzeros: TensorSource;
  /** `[groups, outputs]`, in half precision. */
  readonly scales: TensorSource;
  /** `[inputs]`: the group of each input. Without it, groups are equally long and in order. */
  readonly g_idx?: TensorSource | undefined;
}

/** How a layer's weights can be told in a GGUF: exactly, with rounded minima, or with rounded weights. */
export type GptqForm = "Q4_0" | "Q4_1" | "F16";

/** A packed linear layer, with all but its weights unpacked. A weight is `scale * (level - zero)`. */
export interface PackedLinear {
  readonly name: string;
  readonly form: GptqForm;
  readonly inputs: number;
  readonly outputs: number;
  readonly qweight: TensorSource;
  /** Bits of the half-precision scales, `[groups, outputs]`. */
  readonly scales: Uint16Array;
  /** Zero points, `[groups, outputs]`. */
  readonly zeros: Uint8Array;
  /** The group of each input. */
  readonly groups: Int32Array;
}

/** Weights in a block of Q4_0 and Q4_1, which has one scale. */
const BLOCK = 32;

/** The zero point of symmetric quantisation, and of Q4_0. */
const MIDDLE = 8;

/**
 * Reads all of a packed layer but its weights, and finds the form that it can take in a GGUF.
 *
 * @throws WeightsError `BAD_TENSOR` where the tensors do not fit each other
 */
export async function readPackedLinear(
  name: string,
  tensors: PackedTensors,
  zeroOffset: 0 | 1,
): Promise<PackedLinear> {
  const { qweight } = tensors;
  const inputs = (qweight.shape[0] ?? 0) * 8;
  const outputs = qweight.shape[1] ?? 0;
  const groupCount = tensors.scales.shape[0] ?? 0;
  const check = (tensor: TensorSource, type: string, shape: readonly number[]) =>
    requireShape(name, tensor, type, shape);
  check(qweight, "I32", [inputs / 8, outputs]);
  check(tensors.scales, "F16", [groupCount, outputs]);
  check(tensors.qzeros, "I32", [groupCount, outputs / 8]);
  if (tensors.g_idx) check(tensors.g_idx, "I32", [inputs]);
  const scales = new Uint16Array(await readAll(tensors.scales));
  const zeros = unpackZeros(new Uint32Array(await readAll(tensors.qzeros)), zeroOffset);
  const groups = tensors.g_idx
    ? new Int32Array(await readAll(tensors.g_idx))
    : equalGroups(name, inputs, groupCount);
  requireGroups(name, groups, groupCount);
  return {
    name,
    form: chooseForm(zeros, groups),
    inputs,
    outputs,
    qweight,
    scales,
    zeros,
    groups,
  };
}

function requireShape(
  name: string,
  tensor: TensorSource,
  type: string,
  shape: readonly number[],
): void {
  const isSame =
    tensor.shape.length === shape.length && shape.every((n, i) => n === tensor.shape[i]);
  if (isSame && tensor.type === type && tensor.byteLength > 0) return;
  const is = `${tensor.type} [${tensor.shape.join(", ")}]`;
  throw badTensor(name, `${tensor.name} is ${is}, and must be ${type} [${shape.join(", ")}]`);
}

function badTensor(name: string, problem: string): WeightsError {
  return new WeightsError(
    "BAD_TENSOR",
    `The GPTQ layer ${name} is damaged, or no Llama's: ${problem}.`,
  );
}

/** The tensor's bytes in memory of their own, so that they can be seen as numbers. */
async function readAll(tensor: TensorSource): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(tensor.byteLength);
  await tensor.read(0, tensor.byteLength, bytes);
  return bytes.buffer;
}

/** The older convention stores one less, and so a zero point of 0 as -1, of which four bits are left. */
function unpackZeros(packed: Uint32Array, offset: 0 | 1): Uint8Array {
  const zeros = new Uint8Array(packed.length * 8);
  for (let i = 0; i < zeros.length; i++) {
    zeros[i] = (((packed[i >> 3] as number) >>> (4 * (i & 7))) + offset) & 15;
  }
  return zeros;
}

function equalGroups(name: string, inputs: number, count: number): Int32Array {
  const size = inputs / count;
  if (!Number.isInteger(size))
    throw badTensor(name, `${count} groups do not share ${inputs} inputs`);
  return Int32Array.from({ length: inputs }, (_, input) => Math.floor(input / size));
}

function requireGroups(name: string, groups: Int32Array, count: number): void {
  const bad = groups.find((group) => group < 0 || group >= count);
  if (bad !== undefined)
    throw badTensor(name, `an input is in group ${bad}, and there are ${count}`);
}

/** Ordered by activation, an input's neighbours are of other groups, and no block has one scale. */
function chooseForm(zeros: Uint8Array, groups: Int32Array): GptqForm {
  if (groups.length % BLOCK !== 0) return "F16";
  if (groups.some((group, input) => group !== groups[input - (input % BLOCK)])) return "F16";
  return zeros.every((zero) => zero === MIDDLE) ? "Q4_0" : "Q4_1";
}
