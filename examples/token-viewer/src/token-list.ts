import { changedRange, type Line, linesOf } from "./lines.ts";
import type { Token } from "./tokens.ts";

/** How many chips fit side by side, about: so tall is a line taken to be until it is laid out. */
const CHIPS_PER_ROW = 12;

/** Neighbours have different colours; style.css has this many. */
const COLORS = 5;

/**
 * Draws tokens. Only lines that changed are drawn anew, and the browser lays out only those in view
 * (`content-visibility` in style.css), so that typing stays fluent in a long text.
 */
export class TokenList {
  readonly #element: HTMLElement;
  #lines: Line[] = [];

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  show(tokens: readonly Token[]): void {
    const lines = linesOf(tokens);
    const { start, rest } = changedRange(this.#lines, lines);
    const children = this.#element.children;
    const next = children[this.#lines.length - rest] ?? null;
    for (let count = this.#lines.length - rest - start; count > 0; count--) {
      children[start]?.remove();
    }
    const added = document.createDocumentFragment();
    for (const line of lines.slice(start, lines.length - rest)) added.append(drawLine(line));
    this.#element.insertBefore(added, next);
    this.#lines = lines;
  }

  /** The token that a chip shows, and how many come before it. */
  find(chip: Element): { token: Token; index: number } | undefined {
    const row = chip.parentElement;
    if (!row) return undefined;
    const lineIndex = indexAmongSiblings(row);
    const inLine = indexAmongSiblings(chip);
    const token = this.#lines[lineIndex]?.tokens[inLine];
    if (!token) return undefined;
    const before = this.#lines.slice(0, lineIndex);
    return { token, index: before.reduce((sum, line) => sum + line.tokens.length, inLine) };
  }
}

function indexAmongSiblings(element: Element): number {
  return Array.prototype.indexOf.call(element.parentElement?.children ?? [], element);
}

function drawLine({ tokens }: Line): HTMLElement {
  const row = document.createElement("div");
  row.className = "line";
  row.role = "group";
  row.style.setProperty("--rows", `${Math.ceil(tokens.length / CHIPS_PER_ROW)}`);
  let color = 0;
  for (const [index, { piece, text, role }] of tokens.entries()) {
    // The bytes of one character share a color.
    const goesOn = piece.kind === "byte" && text === "";
    if (index > 0 && !goesOn) color = (color + 1) % COLORS;
    const chip = document.createElement("span");
    chip.className = `chip ${piece.kind} color-${color} ${role ?? ""}`.trimEnd();
    chip.role = "option";
    chip.setAttribute("data-id", `${piece.id}`);
    chip.textContent = piece.label;
    row.append(chip);
  }
  return row;
}
