import { TokenizerError } from "./error.ts";
import { arrayAt, type JsonObject, objectAt } from "./json-value.ts";
import { type PrefixRule, prefixRuleBetweenTokens } from "./vocabulary.ts";

/** How a `tokenizer.json` treats spaces. */
export interface Spaces {
  readonly prefix: PrefixRule;
  readonly splitsAtSpaces: boolean;
}

/**
 * Reads what a `tokenizer.json` does with spaces. Llama 2's own puts `▁` in front of every text (the normalizers
 * `Prepend` and `Replace`); newer ones have the pre-tokenizer `Metaspace`, which leaves it out where there is a space
 * already, and which may do so for the first text only.
 *
 * Source: huggingface/tokenizers, `src/pre_tokenizers/metaspace.rs`.
 *
 * @throws TokenizerError with code `UNSUPPORTED` for any other way
 */
export function readSpaces(file: JsonObject): Spaces {
  const [prepends, replaces] = readNormalizers(file);
  const [metaspace, ...others] = steps(file, "pre_tokenizer", "pretokenizers");
  if (!metaspace) {
    if (!replaces) throw unsupported("normalizer", null);
    return { prefix: prefixRuleBetweenTokens(prepends), splitsAtSpaces: false };
  }
  const fits = metaspace["type"] === "Metaspace" && metaspace["replacement"] === "▁";
  if (!fits || others.length > 0 || prepends) throw unsupported("pre_tokenizer", metaspace["type"]);
  const scheme =
    metaspace["prepend_scheme"] ?? (metaspace["add_prefix_space"] === false ? "never" : "always");
  return {
    prefix: prefixRuleBetweenTokens(scheme !== "never", scheme === "always", true),
    splitsAtSpaces: metaspace["split"] !== false,
  };
}

/** Whether `▁` is put in front, and whether spaces are replaced by it. */
function readNormalizers(file: JsonObject): [prepends: boolean, replaces: boolean] {
  let prepends = false;
  let replaces = false;
  for (const step of steps(file, "normalizer", "normalizers")) {
    const pattern = step["pattern"] as { String?: unknown } | undefined;
    if (step["type"] === "Prepend" && step["prepend"] === "▁") prepends = true;
    else if (step["type"] === "Replace" && pattern?.String === " " && step["content"] === "▁") {
      replaces = true;
    } else throw unsupported("normalizer", step["type"]);
  }
  return [prepends, replaces];
}

/** The steps of a normalizer or pre-tokenizer, which may be none, one or a sequence. */
function steps(file: JsonObject, name: string, listName: string): JsonObject[] {
  const value = file[name] ?? undefined;
  if (value === undefined) return [];
  const step = objectAt(value, name);
  if (step["type"] !== "Sequence") return [step];
  const path = `${name}.${listName}`;
  return arrayAt(step[listName], path).map((item, index) => objectAt(item, `${path}[${index}]`));
}

function unsupported(place: string, type: unknown): TokenizerError {
  const kind =
    type === "ByteLevel"
      ? "this is a byte-level tokenizer, such as GPT-2's and Llama 3's"
      : `the step is ${type}`;
  return new TokenizerError(
    "UNSUPPORTED",
    `${kind}: Llama 2's replaces spaces by ▁, and no more.`,
    {
      place,
    },
  );
}
