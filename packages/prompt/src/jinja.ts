/**
 * Renders the chat templates of other models, as a GGUF file or a `tokenizer_config.json` brings them, with
 * `@huggingface/jinja`, which is to be installed beside this package.
 *
 * @packageDocumentation
 */
import { describe } from "./describe.ts";
import { PromptError } from "./error.ts";
import { PYTHON_FUNCTIONS, parseTemplate } from "./python-template.ts";
import { requireOptions } from "./require-options.ts";

export { PromptError, type PromptErrorCode } from "./error.ts";

/** What a template is given besides the messages. Every field is optional. */
export interface RenderOptions {
  /** How the model's BOS is written. Default `<s>`. Pass an empty text where the tokenizer adds it. */
  readonly bosToken?: string | undefined;
  /** How the model's EOS is written. Default `</s>`. */
  readonly eosToken?: string | undefined;
  /** Whether the prompt ends where the assistant's answer begins, if the template knows that. Default true. */
  readonly addGenerationPrompt?: boolean | undefined;
  /** Other variables that the template uses, such as `tools`. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Lays out a conversation by a model's own chat template.
 *
 * Jinja is Python's, and templates count on it: `''` is not equal to `false`, and `strip` takes other white space
 * than JavaScript's `trim`. `@huggingface/jinja` follows JavaScript in both, so Llama 2's own template drops an
 * empty system message there. Here it makes the same text as `formatChat`.
 *
 * A template is a program: one that loops within loops takes as long as it likes, so render only those of models that
 * you trust. `range` stops at 100,000 numbers, as in Jinja's sandbox.
 *
 * A template does not look for tags in messages: whoever passes on what users write should escape or refuse those.
 *
 * @param template - the template's text
 * @param messages - what the template takes: usually objects with `role` and `content`
 * @param options - see {@link RenderOptions}
 * @returns the prompt
 * @throws {@link PromptError} with code `TEMPLATE_FAILED` if the template is malformed or refuses the messages, or
 *   `INVALID_OPTION`
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { renderChatTemplate } from "@llama2-kit/prompt/jinja";
 *
 * const config = JSON.parse(await readFile("tokenizer_config.json", "utf8"));
 * const prompt = renderChatTemplate(config.chat_template, [{ role: "user", content: "Hi" }], {
 *   bosToken: config.bos_token,
 *   eosToken: config.eos_token,
 * });
 * ```
 */
export function renderChatTemplate(
  template: string,
  messages: readonly object[],
  options: RenderOptions = {},
): string {
  if (typeof template !== "string") {
    const got = describe(template);
    throw new PromptError("INVALID_OPTION", `template is ${got}: pass the template's text.`);
  }
  requireOptions(options);
  const { bosToken = "<s>", eosToken = "</s>", addGenerationPrompt = true, variables } = options;
  try {
    return parseTemplate(template).render({
      // As transformers: templates ask whether they are none, which what is undefined is not.
      tools: null,
      documents: null,
      ...variables,
      ...PYTHON_FUNCTIONS,
      messages,
      bos_token: bosToken,
      eos_token: eosToken,
      add_generation_prompt: addGenerationPrompt,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PromptError("TEMPLATE_FAILED", `The chat template failed: ${reason}`, { cause });
  }
}
