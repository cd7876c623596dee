import { InferenceError, type InferenceErrorCode } from "../error.ts";
import { type GgufHeader, type GgufProblem, type GgufTensor, stringOf } from "../gguf/header.ts";
import { readHeader } from "../gguf/read-header.ts";
import { shapeOf } from "../loading/check-llama-tensors.ts";

/** What an adapter is checked against: the header of the model it is for. */
export interface AdapterBase {
  /** Names the model in messages. */
  readonly path: string;
  readonly metadata: GgufHeader["metadata"];
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/** What an adapter's header says. */
export interface AdapterInfo {
  /** Tensors of the base model that it changes, by name. */
  readonly targets: readonly string[];
  /** The largest of its ranks. */
  readonly rank: number;
  /** Its effect is divided by the rank and multiplied by this; undefined where it is not. */
  readonly alpha: number | undefined;
  /** Bytes of its file. */
  readonly fileBytes: number;
  /** Tensors that llama.cpp leaves out: trained norms. */
  readonly ignored: readonly string[];
}

/** Types of numbers that llama.cpp multiplies with, where an adapter has them. */
const TYPES = ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1"];

/**
 * Checks by its header that a file is a LoRA adapter for a model. llama.cpp has one message for everything that can
 * be wrong, and on some files ends the process.
 *
 * @throws InferenceError `ADAPTER_NOT_FOUND`, `NOT_AN_ADAPTER`, `ADAPTER_TRUNCATED` or `ADAPTER_MISMATCH`
 */
export async function checkAdapterFile(path: string, base: AdapterBase): Promise<AdapterInfo> {
  const header = await readHeader(path, explainProblem);
  checkKind(path, header);
  const alpha = readAlpha(path, header);
  checkArchitecture(path, header, base);
  const ignored = [...header.tensors.keys()].filter((name) => name.endsWith("_norm.weight"));
  const pairs = pairTensors(path, header);
  for (const pair of pairs) checkPair(path, pair, base);
  const rank = Math.max(...pairs.map(({ b }) => halfSizes(b, true).rank));
  const targets = pairs.map(({ target }) => target);
  return { targets, rank, alpha, fileBytes: header.fileBytes, ignored };
}

function explainProblem(path: string, cause: GgufProblem): InferenceError {
  switch (cause.kind) {
    case "missing":
      return refusal("ADAPTER_NOT_FOUND", `Cannot read the adapter ${path}`, cause.message, cause);
    case "format":
      return refusal("NOT_AN_ADAPTER", `${path} cannot be an adapter`, cause.message, cause);
    case "damage": {
      const reason = `${cause.message}. Download or convert it again`;
      return refusal("ADAPTER_TRUNCATED", `${path} is cut short or damaged`, reason, cause);
    }
  }
}

function refusal(
  code: InferenceErrorCode,
  what: string,
  reason: string,
  cause?: unknown,
): InferenceError {
  return new InferenceError(code, `${what}: ${reason}.`, { cause });
}

function notAnAdapter(path: string, reason: string): InferenceError {
  return refusal("NOT_AN_ADAPTER", `${path} is no LoRA adapter that can be used`, reason);
}

function mismatch(path: string, base: AdapterBase, reason: string): InferenceError {
  const hint = "Give the adapter that was made for this model";
  return refusal("ADAPTER_MISMATCH", `${path} is not for ${base.path}`, `${reason}. ${hint}`);
}

function checkKind(path: string, header: GgufHeader): void {
  const kind = stringOf(header, "general.type");
  if (kind !== "adapter") {
    const what = kind === undefined ? "is missing" : `is ${JSON.stringify(kind)}`;
    throw notAnAdapter(path, `its general.type ${what}, and must be "adapter"`);
  }
  const type = stringOf(header, "adapter.type");
  if (type !== "lora") {
    const what = type === undefined ? "is missing" : `is ${JSON.stringify(type)}`;
    throw notAnAdapter(path, `its adapter.type ${what}, and must be "lora"`);
  }
  if (header.metadata.has("adapter.alora.invocation_tokens")) {
    throw notAnAdapter(path, "it acts only after certain tokens (aLoRA), which is not supported");
  }
}

function readAlpha(path: string, { metadata }: GgufHeader): number | undefined {
  const alpha = metadata.get("adapter.lora.alpha");
  if (alpha === undefined) return undefined;
  if (alpha.type === "f32" && Number.isFinite(alpha.value)) return alpha.value || undefined;
  throw notAnAdapter(path, "its adapter.lora.alpha is not a 32-bit floating-point number");
}

function checkArchitecture(path: string, header: GgufHeader, base: AdapterBase): void {
  const own = stringOf(header, "general.architecture");
  const wanted = stringOf(base, "general.architecture");
  if (own === undefined) throw notAnAdapter(path, "its general.architecture is missing");
  if (own === wanted) return;
  throw mismatch(path, base, `it is for the architecture ${JSON.stringify(own)}, not ${wanted}`);
}

/** The two matrices whose product is added to a tensor of the base. */
interface Pair {
  readonly target: string;
  readonly a: GgufTensor;
  readonly b: GgufTensor;
}

const HALF = /^(?<target>.+)\.lora_(?<half>[ab])$/;

function pairTensors(path: string, { tensors }: GgufHeader): Pair[] {
  const halves = new Map<string, Partial<Record<string, GgufTensor>>>();
  for (const tensor of tensors.values()) {
    const { target, half } = HALF.exec(tensor.name)?.groups ?? {};
    if (target !== undefined && half !== undefined) {
      halves.set(target, { ...halves.get(target), [half]: tensor });
    } else if (!tensor.name.endsWith("_norm.weight")) {
      throw notAnAdapter(path, `tensor ${tensor.name} is no part of a LoRA adapter`);
    }
  }
  if (halves.size === 0) throw notAnAdapter(path, "it has no tensors");
  return [...halves].map(([target, { a, b }]) => {
    if (a && b) return { target, a, b };
    throw notAnAdapter(path, `of the pair for ${target}, lora_${a ? "b" : "a"} is missing`);
  });
}

function checkPair(path: string, { target, a, b }: Pair, base: AdapterBase): void {
  for (const half of [a, b]) checkHalf(path, half);
  const tensor = base.tensors.get(target);
  if (!tensor) throw mismatch(path, base, `it changes ${target}, which the model does not have`);
  const isEmbedding = target === "token_embd.weight";
  if (isEmbedding && !base.tensors.has("output.weight")) {
    const reason = `it changes ${target}, which the model uses for its output too`;
    throw notAnAdapter(path, `${reason}, and llama.cpp cannot change both`);
  }
  if (tensor.dimensions.length < 2) {
    throw notAnAdapter(
      path,
      `it changes ${target}, which is no matrix, so it would have no effect`,
    );
  }
  const { rank: aRank, size: row } = halfSizes(a, isEmbedding);
  const { rank, size: rows } = halfSizes(b, true);
  const [wantedRow, wantedRows] = isEmbedding ? [rows, row] : [row, rows];
  if (shapeOf(tensor) !== `${wantedRow}x${wantedRows}`) {
    const reason = `it changes ${target} as if it were ${wantedRow}x${wantedRows}`;
    throw mismatch(path, base, `${reason}, and it is ${shapeOf(tensor)}`);
  }
  if (rank !== aRank) {
    throw notAnAdapter(path, `the pair for ${target} has the ranks ${aRank} and ${rank}`);
  }
}

/**
 * A half's rank, and its other size. The product is B times A, and a row of B has the rank's length. A column of A
 * has it; but for the embeddings, of which llama.cpp looks up rows, a row too.
 */
function halfSizes(half: GgufTensor, hasRankFirst: boolean): { rank: number; size: number } {
  const [row = 1, rows = 1] = half.dimensions;
  return hasRankFirst ? { rank: row, size: rows } : { rank: rows, size: row };
}

function checkHalf(path: string, half: GgufTensor): void {
  if (!TYPES.includes(half.type.name)) {
    throw notAnAdapter(path, `tensor ${half.name} is of type ${half.type.name}`);
  }
  const isMatrix = half.dimensions.slice(2).every((dimension) => dimension === 1);
  if (isMatrix && half.dimensions.length >= 2 && half.dimensions.every((size) => size > 0)) return;
  throw notAnAdapter(path, `tensor ${half.name} is ${half.dimensions.join("x")}, and no matrix`);
}
