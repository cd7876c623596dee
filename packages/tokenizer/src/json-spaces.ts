import { describe } from "./describe.ts";
import { fail } from "./error.ts";
import { expectType, type JsonObject } from "./json.ts";
import { FIRST, PREFIX_BETWEEN_TOKENS, UNLESS_SPACE } from "./vocabulary.ts";

/**
 * Reads what a `tokenizer.json` does with spaces. Llama 2's own puts `▁` in front of every text (the normalizers
 * `Prepend` and `Replace`); newer ones have the pre-tokenizer `Metaspace`, which leaves it out where there is a space
 * already, and which may do so for the first text only. Anything else is refused.
 *
 * Source: huggingface/tokenizers, `src/pre_tokenizers/metaspace.rs`.
 */
export function readSpaces(file: JsonObject): [prefix: number, splitsAtSpaces: boolean] {
  let prefix = 0;
  let replaces = false;
  let splits = false;
  const readStep = (step: JsonObject, place: string): void => {
    const { type, prepend, pattern, content, replacement, split } = step;
    if (type === "Prepend" && prepend === "▁") prefix = PREFIX_BETWEEN_TOKENS;
    else if (type === "Replace" && Object(pattern).String === " " && content === "▁") {
      replaces = true;
    } else if (type === "Metaspace" && replacement === "▁" && prefix === 0) {
      prefix = UNLESS_SPACE + prefixOf(step);
      replaces = true;
      splits = split !== false;
    } else refuse(place, type);
  };
  for (const place of ["normalizer", "pre_tokenizer"]) {
    for (const step of stepsOf(file[place], place)) {
      readStep(expectType(step, place, "object"), place);
    }
  }
  if (!replaces) refuse("normalizer", null);
  return [prefix, splits];
}

function prefixOf({ prepend_scheme, add_prefix_space }: JsonObject): number {
  const scheme = prepend_scheme ?? (add_prefix_space === false ? "never" : "always");
  if (scheme === "never") return 0;
  return scheme === "always" ? PREFIX_BETWEEN_TOKENS : FIRST;
}

/** The steps of a normalizer or pre-tokenizer, which may be none, one or a sequence. */
function stepsOf(value: unknown, place: string): readonly unknown[] {
  const step = expectType(value ?? {}, place, "object");
  const { type, normalizers, pretokenizers } = step;
  if (type === "Sequence") return expectType(normalizers ?? pretokenizers, place, "array");
  return type ? [step] : [];
}

function refuse(place: string, type: unknown): never {
  const problem = `the step is ${describe(type)}: Llama 2's replace spaces by ▁, and no more.`;
  fail("UNSUPPORTED", problem, place);
}
