import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Lexer } from "marked";
import { expect, test } from "vitest";
import { takeLexer } from "../../src/markdown/lexer-of-marked.ts";

const marked = readFileSync(fileURLToPath(import.meta.resolve("marked")), "utf8");

/** Whatever Markdown has. */
const TEXT = `# Title
Setext
------

A *list* of **_all_** ~~of~~ \`it\`, with <b>html</b>, https://a.b/c?d=e, a@b.cd, www.e.fg and &amp;\\*.
A line more, [link](<https://a.b> "title"), ![image](c.png), [reference], [other][reference] and <https://h.i>.

[reference]: https://r.s 'title'

- one
- [x] done

  more
    1. inner
       > quote
       > - deep

| a | b |
|:--|--:|
| 1 | \`|\` |

> quote
lazy

\`\`\`js
code
\`\`\`

    indented

<div>
block
</div>

***
End`;

test("the page's lexer reads as marked's own does", async () => {
  const code = Buffer.from(takeLexer(marked)).toString("base64");
  const taken: { Lexer: typeof Lexer } = await import(`data:text/javascript;base64,${code}`);
  const options = { gfm: true, breaks: true, pedantic: false };
  const read = new taken.Lexer({ ...options }).lex(TEXT);
  expect(read).toEqual(new Lexer({ ...options }).lex(TEXT));
  expect(new Set(read.map(({ type }) => type)).size).toBeGreaterThan(9);
});

test("a marked that is laid out anew is refused", () => {
  expect(() => takeLexer(marked.replaceAll("pedantic:", "strict:"))).toThrow("laid out anew");
});
