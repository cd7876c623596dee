import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { WeightsError } from "../error.ts";
import { readSmallFile } from "../files/open-file.ts";
import { isJsonObject, type JsonObject } from "../files/parse-json.ts";
import { ADDED_SCORE } from "./merges.ts";
import { readJson } from "./read-json.ts";
import { readSentencePiece, type SentencePieceModel } from "./read-sentencepiece.ts";
import { readTokenizerJson } from "./read-tokenizer-json.ts";
import { type SpecialIds, TOKEN_TYPES, type TokenizerData } from "./tokenizer-data.ts";

/** Bytes of a `tokenizer.model`. Llama 2's has half a megabyte. */
const MAX_MODEL_BYTES: number = 2 ** 25;

/** Bytes of a `chat_template.jinja`. The longest have some ten thousand. */
const MAX_TEMPLATE_BYTES: number = 2 ** 20;

/** The score of a token that fills the vocabulary up, as llama.cpp's converter has it. */
const PADDING_SCORE = -10_000;

/**
 * Reads the tokenizer of a Hugging Face folder as llama.cpp's converter does: the pieces of `tokenizer.model`, or else
 * of `tokenizer.json`; then what `added_tokens.json` and `tokenizer_config.json` add to them.
 *
 * Source: `_create_vocab_sentencepiece` in ggml-org/llama.cpp, `conversion/base.py`; `gguf-py/gguf/vocab.py`.
 *
 * @param folder - the folder
 * @param config - its `config.json`
 * @param vocabulary - how many tokens the model has: others are left out, missing ones filled up
 * @throws WeightsError `NOT_FOUND`, `BAD_TOKENIZER` or `UNSUPPORTED`
 */
export async function readTokenizer(
  folder: string,
  config: JsonObject,
  vocabulary: number,
): Promise<TokenizerData> {
  const names = new Set(await readdir(folder));
  const read = async (name: string): Promise<JsonObject> =>
    names.has(name) ? readJson(join(folder, name)) : {};
  const settings = await read("tokenizer_config.json");
  const pieces = await readPieces(folder, names);
  const tokens = Array.from({ length: vocabulary }, (_, id) => pieces.tokens[id] ?? `[PAD${id}]`);
  const scores = tokens.map((_, id) => pieces.scores[id] ?? PADDING_SCORE);
  const types = tokens.map((_, id) => pieces.types[id] ?? TOKEN_TYPES.unused);
  for (const { id, token, type } of addedTokens(await read("added_tokens.json"), settings)) {
    if (id >= vocabulary) continue;
    tokens[id] = token;
    scores[id] = ADDED_SCORE;
    types[id] = type;
  }
  const { add_bos_token: addsBos, add_eos_token: addsEos, add_prefix_space: addsSpace } = settings;
  return {
    tokens,
    scores,
    types,
    ids: findSpecialIds(settings, config, tokens, types),
    addsBos: truth(addsBos),
    addsEos: truth(addsEos),
    addsSpace: truth(addsSpace) ?? (pieces.addsSpace ? undefined : false),
    templates: await readTemplates(folder, names, settings),
  };
}

async function readPieces(folder: string, names: ReadonlySet<string>): Promise<SentencePieceModel> {
  const model = join(folder, "tokenizer.model");
  if (names.has("tokenizer.model")) {
    return readSentencePiece(await readSmallFile(model, MAX_MODEL_BYTES), model);
  }
  const json = join(folder, "tokenizer.json");
  if (names.has("tokenizer.json")) return readTokenizerJson(await readJson(json), json);
  const message = `${folder} has neither tokenizer.model nor tokenizer.json. Download one of them too.`;
  throw new WeightsError("NOT_FOUND", message, { path: folder });
}

interface AddedToken {
  readonly id: number;
  readonly token: string;
  readonly type: number;
}

function* addedTokens(added: JsonObject, settings: JsonObject): Generator<AddedToken> {
  for (const [token, id] of Object.entries(added)) {
    if (isId(id)) yield { id, token, type: TOKEN_TYPES.userDefined };
  }
  const decoder = settings["added_tokens_decoder"];
  if (!isJsonObject(decoder)) return;
  for (const [key, entry] of Object.entries(decoder)) {
    const { content, special } = isJsonObject(entry) ? entry : {};
    const id = Number(key);
    if (!isId(id) || typeof content !== "string") continue;
    if (special === true || looksSpecial(content))
      yield { id, token: content, type: TOKEN_TYPES.control };
    else yield { id, token: content.replaceAll("\u2581", " "), type: TOKEN_TYPES.userDefined };
  }
}

/** Names that llama.cpp's converter takes for special ones, whatever the file says of them. */
function looksSpecial(token: string): boolean {
  return (
    ["<pad>", "<mask>", "<2mass>", "[@BOS@]"].includes(token) ||
    /^<[|｜].*[|｜]>$|^<unused\d+>$/.test(token)
  );
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}

function truth(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** Special tokens by their names in the tokenizer's settings, otherwise by their ids in the model's. */
function findSpecialIds(
  settings: JsonObject,
  config: JsonObject,
  tokens: readonly string[],
  types: readonly number[],
): SpecialIds {
  const idOf = (role: string): number | undefined => {
    const token = settings[`${role}_token`];
    const name = isJsonObject(token) ? token["content"] : token;
    const byName = typeof name === "string" ? tokens.indexOf(name) : -1;
    const byConfig = config[`${role}_token_id`];
    if (byName >= 0) return byName;
    return isId(byConfig) && byConfig < tokens.length ? byConfig : undefined;
  };
  const unknown = types.indexOf(TOKEN_TYPES.unknown);
  const unk = idOf("unk") ?? (unknown < 0 ? undefined : unknown);
  return { bos: idOf("bos"), eos: idOf("eos"), unk, pad: idOf("pad") };
}

/** One template, several with names, or one in a file of its own, which wins. */
async function readTemplates(
  folder: string,
  names: ReadonlySet<string>,
  settings: JsonObject,
): Promise<Map<string, string>> {
  const templates = new Map<string, string>();
  const value = settings["chat_template"];
  const entries = Array.isArray(value) ? value : [{ name: "default", template: value }];
  for (const entry of entries) {
    const { name, template } = isJsonObject(entry) ? entry : {};
    if (typeof name === "string" && typeof template === "string") templates.set(name, template);
  }
  if (names.has("chat_template.jinja")) {
    const bytes = await readSmallFile(join(folder, "chat_template.jinja"), MAX_TEMPLATE_BYTES);
    templates.set("default", new TextDecoder().decode(bytes));
  }
  return templates;
}
