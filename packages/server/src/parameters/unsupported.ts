import { unsupported } from "../error.ts";
import type { Fields } from "../fields.ts";

/** Values with which a field asks for nothing. */
const NOTHING: readonly unknown[] = [undefined, null, false, 0, "", "none", "auto"];

/**
 * Fields that would change the answer, and that nobody here can follow. To leave them out without a word would be to answer
 * another question. All that servers know beside these changes nothing, or can be followed.
 */
const FIELDS: Readonly<Record<string, string>> = {
  tools: "Llama 2 knows no tools.",
  functions: "Llama 2 knows no tools.",
  audio: "Llama 2 writes text alone.",
  suffix: "Text is continued here, not filled in.",
  use_beam_search: "There is no beam search here.",
  prompt_logprobs: "Log probabilities are those of generated tokens.",
  chat_template: "The prompt's format is the model's.",
  ignore_eos: "An answer ends where the model ends it.",
  min_tokens: "An answer ends where the model ends it.",
  bad_words: "Use logit_bias.",
  allowed_token_ids: "Use a grammar.",
  stop_token_ids: "Use stop.",
  include_stop_str_in_output: "An answer ends before a stop string.",
};

/** @throws ServerError `UNSUPPORTED` */
export function refuseUnsupported(fields: Fields): void {
  for (const [name, reason] of Object.entries(FIELDS)) {
    const value = fields.raw(name);
    if (NOTHING.includes(value) || (Array.isArray(value) && value.length === 0)) continue;
    throw unsupported(name, `${name} is not supported. ${reason}`);
  }
}
