import type { LlamaConfig } from "./llama-config.ts";
import type { TokenizerData } from "./tokenizer-data.ts";

/**
 * The `tokenizer_config.json` of a Llama. The kinds of tokens stand in the tokenizer's own files, and so not here:
 * llama.cpp's converter would give them other scores.
 */
export function toTokenizerConfigJson(tokenizer: TokenizerData, config: LlamaConfig): object {
  const { tokens, ids, templates } = tokenizer;
  const name = (id: number | undefined) => (id === undefined ? null : tokens[id]);
  const usual = templates.get("default");
  const named = [...templates].map(([key, template]) => ({ name: key, template }));
  return {
    add_bos_token: tokenizer.addsBos,
    add_eos_token: tokenizer.addsEos,
    add_prefix_space: tokenizer.addsSpace,
    bos_token: name(ids.bos),
    chat_template: templates.size > 1 ? named : usual,
    clean_up_tokenization_spaces: false,
    eos_token: name(ids.eos),
    legacy: false,
    model_max_length: config.contextLength,
    pad_token: name(ids.pad),
    padding_side: "right",
    sp_model_kwargs: {},
    tokenizer_class: "LlamaTokenizer",
    unk_token: name(ids.unk),
    use_default_system_prompt: false,
  };
}
