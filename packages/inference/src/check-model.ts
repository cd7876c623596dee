import { checkLlamaTensors } from "./check-llama-tensors.ts";
import { type CheckedLoadOptions, isQuantized } from "./check-load-options.ts";
import { stringOf } from "./gguf/header.ts";
import { invalidModel, type ModelHeader, readSize, wrongFile } from "./model-header.ts";
import { readSizes } from "./model-sizes.ts";
import { badParameter } from "./parameters.ts";

/** `LLAMA_MAX_LAYERS` of llama.cpp, which ends the process where a file has more. */
const MOST_LAYERS = 512;

/**
 * Checks that a model can be what its header says, before llama.cpp sees it: on some of these llama.cpp ends the
 * process, and of the others it says only "Failed to load model".
 *
 * @throws InferenceError `INVALID_MODEL`
 */
export function checkModel(header: ModelHeader): void {
  const architecture = checkKind(header);
  checkSizes(header, architecture);
  checkVocabulary(header);
  if (architecture === "llama") checkLlamaTensors(header);
}

function checkKind(header: ModelHeader): string {
  const { path } = header;
  const kind = stringOf(header, "general.type") ?? "model";
  if (kind === "adapter") {
    throw wrongFile(path, "it is an adapter; load its base model, and give this with `adapters`");
  }
  if (kind !== "model") throw wrongFile(path, `its general.type is ${JSON.stringify(kind)}`);
  const architecture = stringOf(header, "general.architecture");
  if (architecture) return architecture;
  throw invalidModel(path, "its general.architecture is missing");
}

function checkSizes(header: ModelHeader, architecture: string): void {
  const most = { context_length: undefined, embedding_length: undefined, block_count: MOST_LAYERS };
  for (const [name, limit] of Object.entries(most)) {
    const key = `${architecture}.${name}`;
    // An architecture that llama.cpp does not know may have other sizes; llama.cpp says so.
    if (architecture === "llama" || header.metadata.has(key)) readSize(header, key, limit);
  }
}

function checkVocabulary(header: ModelHeader): void {
  const { path, metadata } = header;
  const tokenizer = stringOf(header, "tokenizer.ggml.model");
  if (tokenizer === undefined || tokenizer === "none" || tokenizer === "no_vocab") {
    throw invalidModel(path, "it has no vocabulary (tokenizer.ggml.model), so it cannot read text");
  }
  const tokens = checkArray(header, "tokenizer.ggml.tokens", ["string"]);
  if (!tokens) throw invalidModel(path, "it has no vocabulary (tokenizer.ggml.tokens)");
  checkArray(header, "tokenizer.ggml.scores", ["f32", "i32"], tokens);
  checkArray(header, "tokenizer.ggml.token_type", ["i32"], tokens);
  for (const key of ["bos_token_id", "eos_token_id", "unknown_token_id"]) {
    checkTokenId(header, `tokenizer.ggml.${key}`);
  }
  const template = metadata.get("tokenizer.chat_template");
  if (template && template.type !== "string") {
    throw invalidModel(path, "its tokenizer.chat_template is not a text");
  }
}

/** Checks an array's type and length, and returns its length; undefined where there is none. */
function checkArray(
  { path, metadata }: ModelHeader,
  key: string,
  types: readonly string[],
  length?: number,
): number | undefined {
  const entry = metadata.get(key);
  if (!entry) return undefined;
  if (entry.type !== "array" || !types.includes(entry.elementType)) {
    throw invalidModel(path, `its ${key} is not an array of ${types.join(" or ")}`);
  }
  if (entry.length === 0 || (length !== undefined && entry.length < length)) {
    const wanted = length === undefined ? "some" : `${length}, one a token`;
    throw invalidModel(path, `its ${key} has ${entry.length} elements, and must have ${wanted}`);
  }
  return entry.length;
}

function checkTokenId({ path, metadata }: ModelHeader, key: string): void {
  const entry = metadata.get(key);
  if (entry && !["u32", "i32", "u64", "i64", "u16", "i16", "u8", "i8"].includes(entry.type)) {
    throw invalidModel(path, `its ${key} is not a token id`);
  }
}

/**
 * Checks that a model can be loaded as its options say.
 *
 * @throws InferenceError `BAD_PARAMETER`
 */
export function checkFit(header: ModelHeader, options: CheckedLoadOptions): void {
  const { contextSize, kvCacheType } = options;
  const { contextSize: trained, headSize } = readSizes(header);
  if (contextSize !== undefined && trained > 0 && contextSize > trained) {
    const allowed = `at most ${trained}, the tokens of context that ${header.path} was trained on`;
    throw badParameter("contextSize", contextSize, allowed);
  }
  if (isQuantized(kvCacheType) && headSize % 32 !== 0) {
    const allowed = `"f32", "f16" or "bf16" for this model, whose heads have ${headSize} values`;
    throw badParameter("kvCacheType", kvCacheType, `${allowed} and not a multiple of 32`);
  }
}
