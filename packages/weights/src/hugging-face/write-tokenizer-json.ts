import { mergesOfScores } from "./merges.ts";
import { TOKEN_TYPES, type TokenizerData } from "./tokenizer-data.ts";

/**
 * Makes a `tokenizer.json` of a tokenizer, as transformers makes one of Llama 2's `tokenizer.model`.
 *
 * Source: `LlamaConverter` in huggingface/transformers, `src/transformers/convert_slow_tokenizer.py`.
 */
export function toTokenizerJson(tokenizer: TokenizerData): object {
  const { tokens, scores, types, ids } = tokenizer;
  const bos = tokens[ids.bos ?? -1];
  const addsBos = tokenizer.addsBos !== false && bos !== undefined;
  const addsSpace = tokenizer.addsSpace !== false;
  const single = (type: number) => [
    ...(addsBos ? [{ SpecialToken: { id: bos, type_id: type } }] : []),
    { Sequence: { id: type === 0 ? "A" : "B", type_id: type } },
  ];
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: tokens.flatMap((content, id) => {
      const isSpecial = types[id] === TOKEN_TYPES.control || types[id] === TOKEN_TYPES.unknown;
      if (!isSpecial && types[id] !== TOKEN_TYPES.userDefined) return [];
      const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false };
      return [{ id, content, ...plain, special: isSpecial }];
    }),
    normalizer: {
      type: "Sequence",
      normalizers: [
        ...(addsSpace ? [{ type: "Prepend", prepend: "▁" }] : []),
        { type: "Replace", pattern: { String: " " }, content: "▁" },
      ],
    },
    pre_tokenizer: null,
    post_processor: {
      type: "TemplateProcessing",
      single: single(0),
      pair: [...single(0), ...single(1)],
      special_tokens: addsBos ? { [bos]: { id: bos, ids: [ids.bos], tokens: [bos] } } : {},
    },
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: "▁" }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        ...(addsSpace ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: tokens[ids.unk ?? 0],
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: mergesOfScores(tokens, scores, types).map((pair) => pair.join(" ")),
    },
  };
}
