import { type ComponentChildren, isValidElement, type VNode } from "preact";
import { expect, test } from "vitest";
import { CodeView } from "../../src/components/code-view.tsx";
import { BlockCutter } from "../../src/markdown/blocks.ts";
import { drawTokens } from "../../src/markdown/draw-tokens.tsx";
import { lex } from "../../src/markdown/lex.ts";

/** All that an answer may be drawn with. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  a: ["href", "title", "target", "rel"],
  span: ["title"],
  input: ["type", "checked", "disabled", "aria-label"],
  li: ["data-task"],
  ol: ["start"],
  section: ["class", "aria-label", "tabIndex"],
  ...Object.fromEntries(["td", "th"].map((name) => [name, ["style"]])),
  ...Object.fromEntries(["h4", "h5", "h6"].map((name) => [name, ["data-depth"]])),
  ...Object.fromEntries(
    "p br hr strong em del code blockquote ul table thead tbody tr"
      .split(" ")
      .map((name) => [name, []]),
  ),
};

interface Drawn {
  readonly element: VNode<Record<string, unknown>>;
  readonly depth: number;
}

/** All elements of a drawing, and how deep each is. */
function elementsOf(node: ComponentChildren, depth = 0): Drawn[] {
  if (Array.isArray(node)) return node.flatMap((child) => elementsOf(child, depth));
  if (!isValidElement(node)) {
    if (typeof node === "object" && node !== null) throw new Error("What is drawn is no element.");
    return [];
  }
  const element = node as VNode<Record<string, unknown>>;
  const children = element.props["children"] as ComponentChildren;
  return [{ element, depth }, ...elementsOf(children, depth + 1)];
}

/** Whether an element has no attributes but those that are allowed, with values that are. */
function isSafe({ type, props }: VNode<Record<string, unknown>>): boolean {
  const { children: _, style = {}, href = "mailto:", ...others } = props;
  if (type === CodeView) return Object.values(others).every((value) => typeof value === "string");
  const allowed = Object.hasOwn(ALLOWED, String(type)) ? ALLOWED[String(type)] : undefined;
  if (!allowed || !/^(https?:|mailto:)/i.test(String(href))) return false;
  return (
    Object.keys(props).every((name) => name === "children" || allowed.includes(name)) &&
    /^(\{\}|\{"textAlign":"(left|right|center)"\})$/.test(JSON.stringify(style))
  );
}

const PIECES = [
  ..."*_~`[]()<>!&|#-+\\\"'\n\t :=/".split(""),
  ..."**,~~,```,\n\n,> ,- ,1. ,- [x] ,| a | b |\n|:--|--:|\n,\n# ,    ".split(","),
  "[a](javascript:alert(1))",
  "[a](JaVa\tScript:alert(1))",
  "[a](&#106;avascript:alert(1))",
  "[a](&colon;vbscript:x)",
  "[a](data:text/html,<script>1</script>)",
  "[a](//evil.example)",
  '[a](https://a.example/" onmouseover="x)',
  "![a](https://a.example/b.png)",
  '![a](x " onerror=x")',
  "<javascript:alert(1)>",
  "<https://a.example>",
  "[r]: javascript:alert(1) 'x'\n",
  "[r][r]",
  "<script>x</script>",
  "<img src=x onerror=x>",
  "<svg/onload=x>",
  "<a href='javascript:x'>",
  "<style>*{}</style>",
  "<!-- ",
  "-->",
  "&lt;script&gt;",
  "&#0;&#x41;&#55296;",
  "__proto__",
  "constructor",
  "```constructor\n",
  "```html\n",
  "www.a.example",
  "a@b.example",
  "\u0000\u202e\ud800",
  "word ",
];

test("of whatever a model writes, nothing but what is allowed is drawn", () => {
  // The same texts at every run.
  let seed = 7;
  const random = (most: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * most);
  };
  let links = 0;
  for (let count = 0; count < 2000; count++) {
    let text = "";
    for (let length = random(40); length >= 0; length--) text += PIECES[random(PIECES.length)];
    for (const block of new BlockCutter().cut(text)) {
      const elements = elementsOf(drawTokens(lex(block))).map(({ element }) => element);
      const unsafe = elements.filter((element) => !isSafe(element));
      if (unsafe.length > 0) {
        expect.fail(`${JSON.stringify(text)} is drawn with ${unsafe.map(({ type }) => type)}`);
      }
      links += elements.filter(({ type }) => type === "a").length;
    }
  }
  expect(links).toBeGreaterThan(100);
});

test.each([
  ">".repeat(5000),
  "> ".repeat(5000),
  "- ".repeat(5000),
  "1. ".repeat(5000),
  "**a_".repeat(5000),
  "_a".repeat(10_000),
  "~~a ".repeat(5000),
  "[".repeat(20_000),
  "[a](".repeat(8000),
  "![".repeat(8000),
  "*_".repeat(3000) + "a" + "_*".repeat(3000),
  `${"a.".repeat(10_000)}@`,
  "`a``".repeat(5000),
  Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth * 2)}- a`).join("\n"),
])("what nests too deep or would take too long stays as it was written", (text) => {
  const [block = ""] = new BlockCutter().cut(text);
  const depths = elementsOf(drawTokens(lex(block))).map(({ depth }) => depth);
  expect(Math.max(0, ...depths)).toBeLessThan(100);
});
