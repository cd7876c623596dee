import { WeightsError } from "../error.ts";
import { TOKEN_TYPES, type TokenizerData } from "../hugging-face/tokenizer-data.ts";

const BYTE_NAME = /^<0x[0-9A-F]{2}>$/;

/** The special tokens, by id. llama2.c writes line breaks around the names of two of them. */
const SPECIAL = ["<unk>", "<s>", "</s>"];

/**
 * Reads a `tokenizer.bin` of llama2.c: for each token its score, its length and its text, with real spaces.
 *
 * Source: karpathy/llama2.c, `tokenizer.py` (`export`) and `run.c` (`build_tokenizer`).
 *
 * @param bytes - the whole file
 * @param count - how many tokens the model has, which the file does not say
 * @throws WeightsError `BAD_TOKENIZER`
 */
export function readTokenizerBin(bytes: Uint8Array, count: number, path: string): TokenizerData {
  const damage = (problem: string) =>
    new WeightsError("BAD_TOKENIZER", `${path} does not fit the model: ${problem}.`, { path });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tokens: string[] = [];
  const scores: number[] = [];
  let at = 4; // behind the length of the longest token
  while (tokens.length < count) {
    if (at + 8 > bytes.length)
      throw damage(`it has ${tokens.length} tokens, and the model ${count}`);
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length;
    if (end > bytes.length) throw damage(`it ends within token ${tokens.length}`);
    scores.push(view.getFloat32(at, true));
    tokens.push(
      Buffer.from(bytes.subarray(at + 8, end))
        .toString("utf8")
        .replaceAll(" ", "▁"),
    );
    at = end;
  }
  if (at !== bytes.length) throw damage(`it has more than the model's ${count} tokens`);
  const types: number[] = tokens.map((token) =>
    BYTE_NAME.test(token) ? TOKEN_TYPES.byte : TOKEN_TYPES.normal,
  );
  for (const [id, name] of SPECIAL.entries()) {
    if (tokens[id]?.trim() !== name) throw damage(`its token ${id} is not ${name}`);
    tokens[id] = name;
    types[id] = id === 0 ? TOKEN_TYPES.unknown : TOKEN_TYPES.control;
  }
  return {
    tokens,
    scores,
    types,
    ids: { unk: 0, bos: 1, eos: 2 },
    addsBos: true,
    addsEos: false,
    templates: new Map(),
  };
}
