import { commonPrefixLength } from "./common-prefix.ts";
import { type EncodeOptions, resolveEncodeOptions } from "./options.ts";
import { encodePlainText, type TextTokenizer } from "./plain-text.ts";

/** Ids of the tokens that Code Llama 7B and 13B have for filling in. `endOfText` ends what they fill in. */
export interface InfillIds {
  readonly prefix: number;
  readonly suffix: number;
  readonly middle: number;
  readonly endOfText: number;
}

/** Code Llama's `▁<PRE>`, `▁<SUF>`, `▁<MID>` and `▁<EOT>`. */
export const CODE_LLAMA_INFILL_IDS: InfillIds = {
  prefix: 32007,
  suffix: 32008,
  middle: 32009,
  endOfText: 32010,
};

/** How to encode what is to be filled in. Every field is optional. */
export interface InfillOptions extends Pick<EncodeOptions, "bos" | "bosId" | "eosId"> {
  /** Puts the suffix before the prefix, which the models were trained on as well. Default false. */
  readonly suffixFirst?: boolean | undefined;
  /** Default Code Llama's. */
  readonly infillIds?: InfillIds | undefined;
}

/** A character that is one token of its own in Llama 2's vocabulary, and that SentencePiece joins with no other. */
const ANCHOR = "☺";

/**
 * Encodes code with a gap that Code Llama (7B and 13B, base or Instruct) is to fill in.
 *
 * The tokenizer puts a space before every text, which would stand at the gap's end: the suffix is therefore encoded
 * behind a character that is taken away again, as Meta does it.
 *
 * Source: meta-llama/codellama, `infilling_prompt_tokens` in `llama/generation.py` and `encode_infilling` in
 * `llama/tokenizer.py`.
 *
 * @param prefix - the code before the gap
 * @param suffix - the code behind it
 * @param tokenizer - encodes plain text, as for `encodeChat`
 * @param options - see {@link InfillOptions}
 * @returns the ids: BOS, PRE, prefix, SUF, suffix, MID; or BOS, PRE, SUF, suffix, MID, prefix
 * @throws {@link PromptError} with code `INVALID_OPTION`
 *
 * @example
 * ```ts
 * const ids = encodeInfill("def add(a, b):\n    return ", "\n\nprint(add(1, 2))", tokenizer);
 * // generate up to CODE_LLAMA_INFILL_IDS.endOfText
 * ```
 */
export function encodeInfill(
  prefix: string,
  suffix: string,
  tokenizer: TextTokenizer,
  options: InfillOptions = {},
): Int32Array {
  const { bos, bosId, eosId } = resolveEncodeOptions(options);
  const { suffixFirst = false, infillIds = CODE_LLAMA_INFILL_IDS } = options;
  const encode = (text: string) => encodePlainText(tokenizer, text, [bosId, eosId]);
  const anchor = encode(ANCHOR);
  const anchored = encode(`${ANCHOR}${suffix}`);
  const before = encode(prefix);
  const after = anchored.slice(commonPrefixLength(anchor, anchored));
  const { prefix: PRE, suffix: SUF, middle: MID } = infillIds;
  const ids = suffixFirst
    ? [PRE, SUF, ...after, MID, ...before]
    : [PRE, ...before, SUF, ...after, MID];
  return Int32Array.from(bos ? [bosId, ...ids] : ids);
}
