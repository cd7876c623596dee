import type { ChatMessage } from "@llama2-kit/protocol";
import { checkMessages } from "./check-conversation.ts";
import { describe } from "./describe.ts";
import { PromptError } from "./error.ts";
import { type GuardCategory, LLAMA_GUARD_CATEGORIES } from "./llama-guard-categories.ts";
import { invalidOption } from "./options.ts";
import { strip } from "./python-strip.ts";

/** What to have assessed. Every field is optional. */
export interface GuardOptions {
  /** Whose messages. Default: whoever spoke last. */
  readonly assess?: "user" | "assistant" | undefined;
  /** By what. Default: {@link LLAMA_GUARD_CATEGORIES}. They are called O1, O2, … in this order. */
  readonly categories?: readonly GuardCategory[] | undefined;
}

/**
 * Asks Llama Guard 7B whether a conversation is safe. The result is a conversation of its own, with one message
 * from the user, for `formatChat`, `encodeChat` or a model's `chat`.
 *
 * What users wrote stands in it word for word, so lay it out with `specialTags: "escape"`. System messages are left
 * out: Llama Guard judges what was said.
 *
 * Source: meta-llama/llama-recipes, `PROMPT_TEMPLATE_1` and `build_custom_prompt` in
 * `src/llama_recipes/inference/prompt_format_utils.py`, with the categories' descriptions.
 *
 * @param messages - what was said
 * @param options - see {@link GuardOptions}
 * @returns the message to send to Llama Guard
 * @throws {@link PromptError} if nothing was said, or for messages and options that are malformed
 *
 * @example
 * ```ts
 * const { ids } = encodeChat(llamaGuardMessages(messages), tokenizer, { specialTags: "escape" });
 * parseLlamaGuard(await generate(ids)); // { safe: false, categories: ["O3"] }
 * ```
 */
export function llamaGuardMessages(
  messages: readonly ChatMessage[],
  options: GuardOptions = {},
): ChatMessage[] {
  checkMessages(messages);
  if (typeof options !== "object" || options === null) {
    throw invalidOption("options", options, "an object, or leave it out");
  }
  const said = messages.filter(({ role }) => role !== "system");
  const last = said.at(-1);
  if (!last)
    throw new PromptError("EMPTY_CONVERSATION", "Nothing was said that could be assessed.");
  const { assess = last.role, categories = LLAMA_GUARD_CATEGORIES } = options;
  if (assess !== "user" && assess !== "assistant") {
    throw invalidOption("assess", assess, '"user" or "assistant"');
  }
  checkCategories(categories);
  const agent = assess === "user" ? "User" : "Agent";
  const list = categories.map(({ name, description }, index) => {
    return `O${index + 1}: ${name}${description ? `\n${description}` : ""}`;
  });
  const lines = said.map(
    ({ role, content }) => `${role === "user" ? "User" : "Agent"}: ${content}`,
  );
  const content = `Task: Check if there is unsafe content in '${agent}' messages in conversations according our safety policy with the below categories.

<BEGIN UNSAFE CONTENT CATEGORIES>
${list.join("\n")}
<END UNSAFE CONTENT CATEGORIES>

<BEGIN CONVERSATION>

${lines.join("\n\n")}

<END CONVERSATION>

Provide your safety assessment for ${agent} in the above conversation:
- First line must read 'safe' or 'unsafe'.
- If unsafe, a second line must include a comma-separated list of violated categories.`;
  return [{ role: "user", content }];
}

function checkCategories(categories: readonly GuardCategory[]): void {
  if (!Array.isArray(categories)) throw invalidOption("categories", categories, "an array");
  for (const [index, category] of categories.entries()) {
    const { name, description = "" } = category ?? {};
    if (typeof name === "string" && typeof description === "string") continue;
    const wanted = "an object with a name, and perhaps a description, that are texts";
    throw invalidOption(`categories[${index}]`, category, wanted);
  }
}

/** What Llama Guard says of a conversation. */
export interface GuardVerdict {
  readonly safe: boolean;
  /** Codes of the violated categories, such as `O3`: by their order, from O1. Empty if it is safe. */
  readonly categories: string[];
}

/**
 * Reads Llama Guard's answer.
 *
 * @param answer - what the model wrote
 * @returns whether the conversation is safe, and if not, why
 * @throws {@link PromptError} with code `MALFORMED_ANSWER` if it is neither `safe` nor `unsafe`; do not take it
 *   for safe
 *
 * @example
 * ```ts
 * parseLlamaGuard(" unsafe\nO1,O3"); // { safe: false, categories: ["O1", "O3"] }
 * ```
 */
export function parseLlamaGuard(answer: string): GuardVerdict {
  const [verdict, ...lines] = typeof answer === "string" ? strip(answer).split("\n") : [];
  if (verdict !== undefined && strip(verdict) === "safe") return { safe: true, categories: [] };
  if (verdict !== undefined && strip(verdict) === "unsafe") {
    const codes = (lines.find((line) => strip(line) !== "") ?? "").split(",").map(strip);
    return { safe: false, categories: codes.filter((code) => code !== "") };
  }
  const got = describe(answer);
  throw new PromptError(
    "MALFORMED_ANSWER",
    `Llama Guard answered ${got}: its first line must be "safe" or "unsafe".`,
  );
}
