import { fail } from "./error.ts";
import { arrayAt, type JsonObject, objectAt } from "./json.ts";
import { type PrefixRule, prefixRuleBetweenTokens } from "./vocabulary.ts";

/**
 * Reads what a `tokenizer.json` does with spaces. Llama 2's own puts `▁` in front of every text (the normalizers
 * `Prepend` and `Replace`); newer ones have the pre-tokenizer `Metaspace`, which leaves it out where there is a space
 * already, and which may do so for the first text only. Anything else is refused.
 *
 * Source: huggingface/tokenizers, `src/pre_tokenizers/metaspace.rs`.
 */
export function readSpaces(file: JsonObject): { prefix: PrefixRule; splitsAtSpaces: boolean } {
  let prepends = false;
  let replaces = false;
  for (const { type, prepend, pattern, content } of steps(file, "normalizer", "normalizers")) {
    const { String: from } = Object(pattern);
    if (type === "Prepend" && prepend === "▁") prepends = true;
    else if (type === "Replace" && from === " " && content === "▁") replaces = true;
    else refuse("normalizer", type);
  }
  const [metaspace, ...others] = steps(file, "pre_tokenizer", "pretokenizers");
  if (!metaspace) {
    if (!replaces) refuse("normalizer", null);
    return { prefix: prefixRuleBetweenTokens(prepends), splitsAtSpaces: false };
  }
  const { type, replacement, prepend_scheme, add_prefix_space, split } = metaspace;
  if (type !== "Metaspace" || replacement !== "▁" || others.length > 0 || prepends) {
    refuse("pre_tokenizer", type);
  }
  const scheme = prepend_scheme ?? (add_prefix_space === false ? "never" : "always");
  return {
    prefix: prefixRuleBetweenTokens(scheme !== "never", scheme === "always", true),
    splitsAtSpaces: split !== false,
  };
}

/** The steps of a normalizer or pre-tokenizer, which may be none, one or a sequence. */
function steps(file: JsonObject, name: string, listName: string): JsonObject[] {
  const step = objectAt(file[name] ?? {}, name);
  const { type } = step;
  const list = type === "Sequence" ? arrayAt(step[listName], name) : type ? [step] : [];
  return list.map((item) => objectAt(item, name));
}

function refuse(place: string, type: unknown): never {
  fail("UNSUPPORTED", `the step is ${type}: Llama 2's replace spaces by ▁, and no more.`, place);
}
