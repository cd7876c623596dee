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
/** Source: `MAX_RANGE` in Jinja's `sandbox.py`. */
const MAX_RANGE = 100_000;
const parsed = new Map<string, Renderable>();

/**
 * Parses a template, and has it compare and strip by Python's rules: in its syntax tree `a == b`, `a.strip()`,
 * `a | trim` and `range` become calls of {@link PYTHON_FUNCTIONS}.
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
  "python range": (...bounds: number[]) => range(...bounds),
  "python rstrip": (text: unknown) => stripEnd(requireText(text)),
};

function rewrite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite);
  if (value instanceof Map) {
    return new Map(Array.from(value, ([key, item]) => [rewrite(key), rewrite(item)]));
  }
  if (typeof value !== "object" || value === null) return value;
  const node = value as Node;
  for (const [field, child] of Object.entries(node)) {
    if (!isName(node, field)) node[field] = rewrite(child);
  }
  if (isVariable(node, "range")) return { ...node, value: "python range" };
  return rewriteComparison(node) ?? rewriteMethod(node) ?? rewriteFilter(node) ?? node;
}

/** In `a.range` and `f(range=1)` it is the name of a field or parameter, and no variable. */
function isName({ type, computed }: Node, field: string): boolean {
  return (
    (type === "MemberExpression" && field === "property" && !computed) ||
    (type === "KeywordArgumentExpression" && field === "key")
  );
}

function rewriteComparison({ type, operator, left, right }: Node): Node | undefined {
  const sign = (operator as { value?: string } | undefined)?.value;
  if (type !== "BinaryExpression" || (sign !== "==" && sign !== "!=")) return undefined;
  // The library passes functions the same for none and for what is undefined, which are not equal in Python.
  const operand = isNone(right) ? left : right;
  if (isNone(left) || isNone(right)) return testNone(operand, sign === "!=");
  return call(`python ${sign}`, [left, right]);
}

function isNone(node: unknown): boolean {
  return isVariable(node as Node, "none") || isVariable(node as Node, "None");
}

function isVariable({ type, value }: Node, name: string): boolean {
  return type === "Identifier" && value === name;
}

function testNone(operand: unknown, negate: boolean): Node {
  const test = { type: "Identifier", value: "none" };
  return { type: "TestExpression", operand, negate, test };
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

/** As Jinja's sandbox: a range is made before the loop over it starts, so a large one would hold up everything. */
function range(...bounds: number[]): number[] {
  const [first = 0, second, step = 1] = bounds;
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  if (step === 0) throw new RangeError("range() with a step of 0");
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (!(length <= MAX_RANGE)) {
    throw new RangeError(`range() of ${length} numbers, where ${MAX_RANGE} are allowed`);
  }
  return Array.from({ length }, (_, index) => start + index * step);
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
