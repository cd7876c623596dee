import type { LintCode, LintFinding } from "./finding.ts";
import { strip, stripEnd } from "./python-strip.ts";
import {
  BEGIN_INSTRUCTION,
  BEGIN_SYSTEM,
  END_INSTRUCTION,
  END_SYSTEM,
  type EOS_TEXT,
} from "./tags.ts";

/** A message as it stands between two tags. */
interface FramedText {
  readonly text: string;
  readonly offset: number;
}

/** What a message says, and what is wrong with the spaces around it. */
export interface Reading {
  readonly content: string;
  readonly findings: readonly LintFinding[];
}

/**
 * @param first - a text, perhaps empty
 * @param second - another
 * @returns both, with an empty line between them
 */
export function joinParagraphs(first: string, second: string): string {
  return first === "" || second === "" ? first + second : `${first}\n\n${second}`;
}

/**
 * @param framed - what stands between `[INST]` and `<<SYS>>`
 * @param before - the tag before it
 * @returns no content
 */
export function readSpace({ text, offset }: FramedText, before: string): Reading {
  return { content: "", findings: expectSpace(text, offset, `behind ${before}`) };
}

/**
 * @param framed - what stands between `[INST]` and `[/INST]`, or behind `[/INST]`
 * @param after - what comes after it
 * @returns the user's message, or the assistant's
 */
export function readMessage(
  { text, offset }: FramedText,
  after: typeof END_INSTRUCTION | typeof EOS_TEXT | "end",
): Reading {
  const content = strip(text);
  const before = after === END_INSTRUCTION ? BEGIN_INSTRUCTION : END_INSTRUCTION;
  if (content === "") return { content, findings: expectBlank(text, offset, before, after) };
  const lead = text.indexOf(content.charAt(0));
  const tail = lead + content.length;
  return {
    content,
    findings: [
      ...expectSpace(text.slice(0, lead), offset, `behind ${before}`),
      ...(after === "end"
        ? expectNothing(text.slice(tail), offset + tail)
        : expectSpace(text.slice(tail), offset + tail, `before ${after}`)),
    ],
  };
}

/**
 * @param framed - what stands between `<<SYS>>` and `<</SYS>>`
 * @returns the system message, whose own white space stays
 */
export function readSystem({ text, offset }: FramedText): Reading {
  const findings: LintFinding[] = [];
  const begins = text.startsWith("\n");
  if (!begins)
    findings.push(spacing("SYS_SPACING", offset, `One newline is due behind ${BEGIN_SYSTEM}.`));
  const rest = begins ? text.slice(1) : text;
  const ends = rest.endsWith("\n");
  if (!ends) {
    const end = offset + text.length;
    findings.push(spacing("SYS_SPACING", end, `One newline is due before ${END_SYSTEM}.`));
  }
  const content = ends ? rest.slice(0, -1) : rest;
  // Where the newlines are wrong, so are the spaces that stand in their place.
  return { content: findings.length > 0 ? strip(content) : content, findings };
}

/**
 * @param framed - what stands between `<</SYS>>` and `[/INST]`
 * @returns the first user's message, whose spaces at the beginning stay, as in Meta's code
 */
export function readUserAfterSystem({ text, offset }: FramedText): Reading {
  const stripped = stripEnd(text);
  if (stripped === "") {
    if (text === " ") return { content: "", findings: [] };
    const message = `One space is due between ${END_SYSTEM} and ${END_INSTRUCTION}, as there is no message.`;
    return { content: "", findings: [spacing("SYS_SPACING", offset, message)] };
  }
  const end = offset + stripped.length;
  const findings = expectSpace(text.slice(stripped.length), end, `before ${END_INSTRUCTION}`);
  if (stripped.startsWith("\n\n")) return { content: stripped.slice(2), findings };
  const due = spacing("SYS_SPACING", offset, `Two newlines are due behind ${END_SYSTEM}.`);
  return { content: strip(stripped), findings: [due, ...findings] };
}

/** Without a message its two spaces stand together. Only where no answer has begun there are none. */
function expectBlank(text: string, offset: number, before: string, after: string): LintFinding[] {
  if (after === "end") return expectNothing(text, offset);
  if (text === "  ") return [];
  const message = `Two spaces are due between ${before} and ${after}, as there is no message; there is ${JSON.stringify(text)}.`;
  return [spacing(text.length < 2 ? "MISSING_SPACE" : "EXTRA_SPACE", offset, message)];
}

function expectSpace(actual: string, offset: number, where: string): LintFinding[] {
  if (actual === " ") return [];
  if (actual === "") return [spacing("MISSING_SPACE", offset, `One space is due ${where}.`)];
  const message = `One space is due ${where}; there is ${JSON.stringify(actual)}.`;
  return [spacing("EXTRA_SPACE", offset, message)];
}

function expectNothing(actual: string, offset: number): LintFinding[] {
  if (actual === "") return [];
  const message = "White space at the end: the model's next token brings its own.";
  return [spacing("TRAILING_SPACE", offset, message)];
}

function spacing(code: LintCode, offset: number, message: string): LintFinding {
  return { code, message, offset };
}
