import { describe, WeightsError } from "../error.ts";
import { type Metadata, type MetadataValue, metadataNumber } from "../tensors/metadata.ts";
import { requireDistinctTokens, TOKEN_TYPES, type TokenizerData } from "./tokenizer-data.ts";

const PREFIX = "tokenizer.ggml.";
const TEMPLATE = "tokenizer.chat_template";

/** Characters of a token: each place to part it is tried when merges are made. Llama 2's longest has 16. */
const MAX_TOKEN_LENGTH = 256;

/** A GGUF's names of the special tokens. */
const ID_KEYS = {
  bos: `${PREFIX}bos_token_id`,
  eos: `${PREFIX}eos_token_id`,
  unk: `${PREFIX}unknown_token_id`,
  pad: `${PREFIX}padding_token_id`,
} as const;

/** A GGUF's names of what is put around a text. */
const TRUTH_KEYS = {
  addsBos: `${PREFIX}add_bos_token`,
  addsEos: `${PREFIX}add_eos_token`,
  addsSpace: `${PREFIX}add_space_prefix`,
} as const;

/**
 * A tokenizer as a GGUF's metadata, in the order in which llama.cpp's converter writes it.
 *
 * @throws WeightsError `BAD_TOKENIZER`
 */
export function tokenizerToMetadata(tokenizer: TokenizerData): [string, MetadataValue][] {
  requireDistinctTokens(tokenizer.tokens);
  const entries: [string, MetadataValue][] = [
    [`${PREFIX}model`, { type: "string", value: "llama" }],
    [`${PREFIX}pre`, { type: "string", value: "default" }],
    [`${PREFIX}tokens`, { type: "array", elements: "string", value: tokenizer.tokens }],
    [
      `${PREFIX}scores`,
      { type: "array", elements: "f32", value: Float32Array.from(tokenizer.scores) },
    ],
    [
      `${PREFIX}token_type`,
      { type: "array", elements: "i32", value: Int32Array.from(tokenizer.types) },
    ],
  ];
  for (const [role, key] of Object.entries(ID_KEYS)) {
    const value = tokenizer.ids[role as keyof typeof ID_KEYS];
    if (value !== undefined) entries.push([key, { type: "u32", value }]);
  }
  for (const [name, key] of Object.entries(TRUTH_KEYS)) {
    const value = tokenizer[name as keyof typeof TRUTH_KEYS];
    if (value !== undefined) entries.push([key, { type: "bool", value }]);
  }
  const named = [...tokenizer.templates.keys()].filter((name) => name !== "default");
  if (named.length > 0)
    entries.push([`${TEMPLATE}s`, { type: "array", elements: "string", value: named }]);
  for (const [name, value] of tokenizer.templates) {
    entries.push([
      name === "default" ? TEMPLATE : `${TEMPLATE}.${name}`,
      { type: "string", value },
    ]);
  }
  return entries;
}

/**
 * Reads a tokenizer back out of a GGUF's metadata.
 *
 * @throws WeightsError `BAD_TOKENIZER` or `UNSUPPORTED`
 */
export function metadataToTokenizer(metadata: Metadata): TokenizerData {
  const model = metadata.get(`${PREFIX}model`)?.value;
  if (model !== "llama") {
    throw new WeightsError(
      "UNSUPPORTED",
      `The model's tokenizer is ${describe(model)}, and only Llama 2's is converted.`,
    );
  }
  const tokens = metadata.get(`${PREFIX}tokens`);
  if (tokens?.type !== "array" || tokens.elements !== "string") {
    throw new WeightsError("BAD_TOKENIZER", "The metadata has no tokens.");
  }
  const count = tokens.value.length;
  const long = tokens.value.findIndex((token) => token.length > MAX_TOKEN_LENGTH);
  if (long >= 0) {
    const length = tokens.value[long]?.length;
    throw new WeightsError(
      "BAD_TOKENIZER",
      `The metadata has token ${long} of ${length} characters, and ${MAX_TOKEN_LENGTH} are read at most.`,
    );
  }
  requireDistinctTokens(tokens.value);
  const scores = numbers(metadata, "scores", count) ?? new Array<number>(count).fill(0);
  const types =
    numbers(metadata, "token_type", count) ?? new Array<number>(count).fill(TOKEN_TYPES.normal);
  const id = (role: keyof typeof ID_KEYS) => {
    const value = metadataNumber(metadata, ID_KEYS[role]);
    return value !== undefined && value < count ? value : undefined;
  };
  const truth = (name: keyof typeof TRUTH_KEYS) => {
    const entry = metadata.get(TRUTH_KEYS[name]);
    return entry?.type === "bool" ? entry.value : undefined;
  };
  return {
    tokens: tokens.value,
    scores,
    types,
    ids: { bos: id("bos"), eos: id("eos"), unk: id("unk"), pad: id("pad") },
    addsBos: truth("addsBos"),
    addsEos: truth("addsEos"),
    addsSpace: truth("addsSpace"),
    templates: readTemplates(metadata),
  };
}

function numbers(metadata: Metadata, name: string, count: number): number[] | undefined {
  const entry = metadata.get(PREFIX + name);
  if (entry === undefined) return undefined;
  if (entry.type === "array" && entry.elements !== "string" && entry.value.length === count) {
    return Array.from(entry.value as ArrayLike<number | bigint>, Number);
  }
  throw new WeightsError(
    "BAD_TOKENIZER",
    `The metadata has ${count} tokens, and not as many ${PREFIX}${name}.`,
  );
}

function readTemplates(metadata: Metadata): Map<string, string> {
  const templates = new Map<string, string>();
  for (const [key, entry] of metadata) {
    if (entry.type !== "string" || !key.startsWith(TEMPLATE)) continue;
    if (key === TEMPLATE) templates.set("default", entry.value);
    else if (key.startsWith(`${TEMPLATE}.`))
      templates.set(key.slice(TEMPLATE.length + 1), entry.value);
  }
  return templates;
}
