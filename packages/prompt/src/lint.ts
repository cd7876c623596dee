import type { ChatMessage } from "@llama2-kit/protocol";
import type { LintFinding } from "./finding.ts";
import { joinSegments } from "./format.ts";
import { lexPrompt } from "./lexemes.ts";
import { PromptReader } from "./prompt-reader.ts";
import { toSegments } from "./segments.ts";
import { META_DEFAULT_SYSTEM_PROMPT } from "./system-prompt.ts";
import { BEGIN_SYSTEM } from "./tags.ts";
import { buildTurns } from "./turns.ts";

/** What to hold a prompt against. Every field is optional. */
export interface LintOptions {
  /**
   * Whether the prompt is to begin with `<s>`: false where the tokenizer or server that reads it adds BOS, so that
   * one in the text makes two. Default: either is right.
   */
  readonly bos?: boolean | undefined;
}

/** What is wrong with a prompt. */
export interface LintResult {
  /** In the order of the prompt. Empty where it is exactly what the model was trained on. */
  readonly findings: LintFinding[];
  /** The same conversation laid out as the model was trained on it; the prompt itself where nothing is wrong. */
  readonly corrected: string;
}

/**
 * Tells what is wrong with a Llama 2 prompt that some app has built, and how it should read.
 *
 * Where a prompt is beyond doubt the correction says the same; where tags are missing it is the likeliest reading,
 * to be checked by a person. Meta's former default system message is left out of the correction.
 *
 * @param prompt - the prompt as text, BOS and EOS written `<s>` and `</s>`
 * @param options - see {@link LintOptions}
 * @returns all findings, and the corrected text
 *
 * @example
 * ```ts
 * lintPrompt("<s><s>[INST]What is a llama?[/INST] ");
 * // {
 * //   findings: [
 * //     { code: "DOUBLE_BOS", message: "A turn begins with one <s>.", offset: 3 },
 * //     { code: "MISSING_SPACE", message: "One space is due behind [INST].", offset: 12 },
 * //     { code: "MISSING_SPACE", message: "One space is due before [/INST].", offset: 28 },
 * //     { code: "TRAILING_SPACE", message: "White space at the end: …", offset: 35 },
 * //   ],
 * //   corrected: "<s>[INST] What is a llama? [/INST]",
 * // }
 * ```
 */
export function lintPrompt(prompt: string, options: LintOptions = {}): LintResult {
  const { messages, findings, bos, closed } = new PromptReader(lexPrompt(prompt)).read();
  if (bos && options.bos === false) {
    const message = "What reads this prompt adds <s> itself, which makes two.";
    findings.unshift({ code: "DOUBLE_BOS", message, offset: 0 });
  }
  if (!bos && options.bos === true) {
    findings.unshift({ code: "MISSING_BOS", message: "The prompt begins without <s>.", offset: 0 });
  }
  const kept = withoutDefaultSystemPrompt(messages);
  if (kept.length < messages.length) {
    findings.push({
      code: "DEFAULT_SYSTEM_PROMPT",
      message: "Meta's former default system message makes the model refuse harmless questions.",
      offset: Math.max(0, prompt.indexOf(BEGIN_SYSTEM)),
    });
    findings.sort((a, b) => a.offset - b.offset);
  }
  const turns = buildTurns(
    kept.map((message, index) => ({ ...message, index })),
    closed,
  );
  return { findings, corrected: joinSegments(toSegments(turns, options.bos ?? bos)) };
}

function withoutDefaultSystemPrompt(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const first = messages[0];
  const isDefault =
    first?.role === "system" && normalize(first.content) === normalize(META_DEFAULT_SYSTEM_PROMPT);
  return isDefault ? messages.slice(1) : messages;
}

/** People copy it with other spaces and apostrophes. */
function normalize(text: string): string {
  return text.replace(/’/g, "'").split(/\s+/).join(" ").trim();
}
