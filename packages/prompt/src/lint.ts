import type { ChatMessage } from "@llama2-kit/protocol";
import type { LintFinding } from "./finding.ts";
import { joinSegments } from "./format.ts";
import { type Lexeme, lexPrompt } from "./lexemes.ts";
import { invalidOption } from "./options.ts";
import { PromptReader } from "./prompt-reader.ts";
import { requireOptions } from "./require-options.ts";
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
 * to be checked by a person. Meta's former default system message is left out of the correction, and `<s>`, `</s>`
 * and tags that are left in a message get the backslash of {@link escapeTags}.
 *
 * @param prompt - the prompt as text, BOS and EOS written `<s>` and `</s>`
 * @param options - see {@link LintOptions}
 * @returns all findings, and the corrected text
 * @throws {@link PromptError} with code `INVALID_OPTION` if the prompt is not a text or an option is not one
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
  if (typeof prompt !== "string") throw invalidOption("prompt", prompt, "the prompt's text");
  requireOptions(options);
  const lexemes = lexPrompt(prompt);
  const { messages, findings, bos, closed } = new PromptReader(lexemes).read();
  for (const finding of lexemes.flatMap(findMarks)) findings.push(finding);
  if (bos && options.bos === false) {
    const message = "What reads this prompt adds <s> itself, which makes two.";
    findings.unshift({ code: "DOUBLE_BOS", message, offset: 0 });
  }
  if (!bos && options.bos === true) {
    findings.unshift({ code: "MISSING_BOS", message: "The prompt begins without <s>.", offset: 0 });
  }
  const kept = withoutDefaultSystemPrompt(messages);
  if (kept !== messages) {
    findings.push({
      code: "DEFAULT_SYSTEM_PROMPT",
      message: "Meta's former default system message makes the model refuse harmless questions.",
      offset: Math.max(0, prompt.indexOf(BEGIN_SYSTEM)),
    });
  }
  findings.sort((a, b) => a.offset - b.offset);
  const turns = buildTurns(
    kept.map(({ role, content }, index) => ({ role, content: disarm(content), index })),
    closed,
  );
  return { findings, corrected: joinSegments(toSegments(turns, options.bos ?? bos)) };
}

function findMarks({ kind, text, offset }: Lexeme): LintFinding[] {
  if (kind !== "text") return [];
  return Array.from(text.matchAll(/<\/?s>/g), ({ 0: mark, index }) => ({
    code: "MARK_IN_TEXT",
    message: `What reads this prompt makes a token of the ${mark} amid this text.`,
    offset: offset + index,
  }));
}

/**
 * Whole tags only, unlike `escapeTags`, so that a prompt that has been corrected stays as it is. A message has one of
 * `[INST]` and `<<SYS>>` where the halves of it stood around another tag, which is gone.
 */
function disarm(text: string): string {
  return text.replace(/\[(?=\/?INST\])|<<(?=\/?SYS>>)|<(?=\/?s>)/g, "$&\\");
}

/** What an app has added behind it stays. */
function withoutDefaultSystemPrompt(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const [first, ...others] = messages;
  if (first?.role !== "system") return messages;
  const content = first.content.replace(matchDefaultSystemPrompt(), "");
  if (content === first.content) return messages;
  return content === "" ? others : [{ role: "system", content }, ...others];
}

/** People copy it with other spaces and apostrophes. */
function matchDefaultSystemPrompt(): RegExp {
  const pattern = META_DEFAULT_SYSTEM_PROMPT.replace(/[.?]/g, "\\$&")
    .replace(/\s+/g, "\\s+")
    .replace(/'/g, "['’]");
  return new RegExp(`^(?:\\s*${pattern})+\\s*`);
}
