import { Template } from "@huggingface/jinja";
import { strip, stripEnd, stripStart } from "./python-strip.ts";

/** What this package uses of a template: its types come without the names they refer to under some settings. */
interface Renderable {
  render(variables: Record<string, unknown>): string;
}

/** A node of a template's syntax tree. */
interface Node {
  type: string;
  [field: string]: unknown;
}

/** Parsing takes longer than rendering, and an app has a few templates. One that has more starts over. */
const MAX_PARSED = 32;
const parsed = new Map<string, Renderable>();

/**
 * Parses a template, and has it compare and strip by Python's rules: in its syntax tree `a == b`, `a.strip()` and
 * `a | trim` become calls of {@link PYTHON_FUNCTIONS}.
 *
 * @param text - the template
 * @returns the template, to be rendered with these functions among its variables
 * @throws Error if it is malformed
 */
export function parseTemplate(text: string): Renderable {
  const known = parsed.get(text);
  if (known) return known;
  const template = new Template(text);
  (template as { parsed: unknown }).parsed = rewrite(template.parsed);
  if (parsed.size >= MAX_PARSED) parsed.clear();
  parsed.set(text, template);
  return template;
}

/** By names that no template can use for variables of its own. */
export const PYTHON_FUNCTIONS: Readonly<Record<string, (...values: never[]) => unknown>> = {
  "python ==": (a: unknown, b: unknown) => isEqual(a, b),
  "python !=": (a: unknown, b: unknown) => !isEqual(a, b),
  "python strip": (text: unknown) => strip(requireText(text)),
  "python lstrip": (text: unknown) => stripStart(requireText(text)),
  "python rstrip": (text: unknown) => stripEnd(requireText(text)),
};

function rewrite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite);
  if (value instanceof Map) {
    return new Map(Array.from(value, ([key, item]) => [rewrite(key), rewrite(item)]));
  }
  if (typeof value !== "object" || value === null) return value;
  const node = value as Node;
  for (const [field, child] of Object.entries(node)) node[field] = rewrite(child);
  return rewriteComparison(node) ?? rewriteMethod(node) ?? rewriteFilter(node) ?? node;
}

function rewriteComparison({ type, operator, left, right }: Node): Node | undefined {
  const sign = (operator as { value?: string } | undefined)?.value;
  if (type !== "BinaryExpression" || (sign !== "==" && sign !== "!=")) return undefined;
  return call(`python ${sign}`, [left, right]);
}

/** `a.strip()`. With an argument it takes other characters, which is left to the library. */
function rewriteMethod({ type, callee, args }: Node): Node | undefined {
  const { type: calleeType, computed, object, property } = (callee ?? {}) as Node;
  if (type !== "CallExpression" || calleeType !== "MemberExpression" || computed) return undefined;
  const name = `python ${(property as { value?: string }).value}`;
  const isStrip = name.endsWith("strip") && name in PYTHON_FUNCTIONS;
  return isStrip && (args as unknown[]).length === 0 ? call(name, [object]) : undefined;
}

function rewriteFilter({ type, operand, filter }: Node): Node | undefined {
  const { type: filterType, value } = (filter ?? {}) as Node;
  if (type !== "FilterExpression" || filterType !== "Identifier" || value !== "trim") {
    return undefined;
  }
  return call("python strip", [operand]);
}

function call(name: string, args: unknown[]): Node {
  return { type: "CallExpression", callee: { type: "Identifier", value: name }, args };
}

/** Python's `==`, on what the library passes: arrays and objects hold values that are wrapped. */
function isEqual(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isEqual(item.value, b[index].value));
  }
  if (a instanceof Map && b instanceof Map) {
    return (
      a.size === b.size &&
      Array.from(a).every(([key, item]) => b.has(key) && isEqual(item.value, b.get(key).value))
    );
  }
  // True is 1 in Python, but "1" is not.
  if (typeof a === "boolean" && typeof b === "number") return Number(a) === b;
  if (typeof a === "number" && typeof b === "boolean") return a === Number(b);
  return a === b;
}

function requireText(value: unknown): string {
  if (typeof value === "string") return value;
  throw new TypeError(`strip() was called on ${value === undefined ? "nothing" : typeof value}`);
}
