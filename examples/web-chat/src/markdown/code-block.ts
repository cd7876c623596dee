/** A block of code in Markdown. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
}

/**
 * Reads a block that is fenced code, also one whose end is still to come. By itself, as a long one grows with every
 * token, and text can simply be shown.
 */
export function readCodeBlock(block: string): CodeBlock | undefined {
  const [, indent = "", fence = "", info = ""] =
    /^( {0,3})(`{3,}|~{3,})([^\n]*)(?:\n|$)/.exec(block) ?? [];
  if (fence === "" || (fence.startsWith("`") && info.includes("`"))) return undefined;
  const lines = block.split("\n").slice(1);
  const end = lines.findIndex((line) => isClosing(line, fence));
  const body = end < 0 ? lines : lines.slice(0, end);
  const code = body.map((line) => stripIndent(line, indent.length)).join("\n");
  return { language: info.trim().split(/\s/)[0] ?? "", code };
}

function isClosing(line: string, fence: string): boolean {
  const text = line.trim();
  const isFence = text.length >= fence.length && [...text].every((mark) => mark === fence[0]);
  return isFence && /^ {0,3}\S/.test(line);
}

function stripIndent(line: string, width: number): string {
  const spaces = /^ */.exec(line)?.[0].length ?? 0;
  return line.slice(Math.min(spaces, width));
}
