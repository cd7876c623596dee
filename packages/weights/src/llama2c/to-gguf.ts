import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { WeightsError } from "../error.ts";
import { readSmallFile } from "../files/open-file.ts";
import { listTensors } from "../hugging-face/llama-shape.ts";
import { readSentencePiece } from "../hugging-face/read-sentencepiece.ts";
import { type ToGgufOptions, type ToGgufResult, writeLlama } from "../hugging-face/to-gguf.ts";
import type { TokenizerData } from "../hugging-face/tokenizer-data.ts";
import { openLlama2c } from "./open-llama2c.ts";
import { readTokenizerBin } from "./read-tokenizer-bin.ts";

/** What `llama2cToGguf` takes. */
export interface Llama2cToGgufOptions extends Omit<ToGgufOptions, "input"> {
  /** The checkpoint, such as `stories15M.bin`. */
  readonly input: string;
  /** Its `tokenizer.bin`, or a `tokenizer.model`. By default either of them, beside the checkpoint. */
  readonly tokenizer?: string | undefined;
}

/** Bytes of a tokenizer's file. Llama 2's has half a megabyte. */
const MAX_BYTES: number = 2 ** 25;

/**
 * Converts a checkpoint of karpathy's llama2.c with its tokenizer into a GGUF.
 *
 * @param options - checkpoint, tokenizer, output and type (F32 by default)
 * @returns the types of the tensors
 * @throws WeightsError `NOT_FOUND`, `BAD_LLAMA2C`, `BAD_TOKENIZER`, `UNSUPPORTED`, `MISSING_LIBRARY`,
 *   `OUTPUT_EXISTS` or `CANNOT_WRITE`
 * @example
 * ```ts
 * await llama2cToGguf({ input: "stories15M.bin", tokenizer: "tokenizer.bin", output: "stories15M.gguf" });
 * ```
 */
export async function llama2cToGguf(options: Llama2cToGgufOptions): Promise<ToGgufResult> {
  const model = await openLlama2c(options.input);
  try {
    const { config } = model;
    const tokenizer = await readTokenizer(
      options.tokenizer ?? findTokenizer(options.input),
      config.vocabulary,
    );
    const tensors = listTensors(config, config.isTied).flatMap(
      ({ gguf }) => model.tensors.get(gguf) ?? [],
    );
    const name = basename(options.input).replace(/\.bin$/, "");
    const written = await writeLlama({ name, config, tokenizer, tensors }, options);
    return { ...written, report: new Map() };
  } finally {
    await model.close();
  }
}

function findTokenizer(checkpoint: string): string {
  const names = ["tokenizer.bin", "tokenizer.model"].map((name) => join(dirname(checkpoint), name));
  const found = names.find((name) => existsSync(name));
  if (found !== undefined) return found;
  const message = `There is no tokenizer beside ${checkpoint}. Give llama2.c's tokenizer.bin as tokenizer.`;
  throw new WeightsError("NOT_FOUND", message, { path: checkpoint });
}

async function readTokenizer(path: string, vocabulary: number): Promise<TokenizerData> {
  const bytes = await readSmallFile(path, MAX_BYTES);
  if (!path.endsWith(".model")) return readTokenizerBin(bytes, vocabulary, path);
  const pieces = readSentencePiece(bytes, path);
  if (pieces.tokens.length !== vocabulary) {
    const counts = `${pieces.tokens.length} tokens, and the model ${vocabulary}`;
    throw new WeightsError("BAD_TOKENIZER", `${path} does not fit the model: it has ${counts}.`, {
      path,
    });
  }
  return {
    ...pieces,
    ids: { unk: 0, bos: 1, eos: 2 },
    addsBos: true,
    addsEos: false,
    templates: new Map(),
  };
}
