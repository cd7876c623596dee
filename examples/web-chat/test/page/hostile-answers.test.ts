import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeInChromium } from "../../../../packages/client/test/chromium.ts";
import { answers, finished, send } from "./chatting.ts";
import { useBench } from "./use-page.ts";

/** What a model can be made to write. */
const HOSTILE = `<script>window.hacked = 1</script>

<img src="https://evil.example/a.png" onerror="window.hacked = 2">

Inline <b onclick="window.hacked = 3">html</b> <iframe src="https://evil.example/"></iframe>

![remote](https://evil.example/b.png) ![data](data:image/png;base64,AAAA)

[run](javascript:window.hacked=4) [data](data:text/html,<script>1</script>) [good](https://example.com/)

[reference]: javascript:window.hacked=5
[reference] and <javascript:window.hacked=6>

| a | <img src=x onerror=window.hacked=7> |
|---|---|
| \`<s>\` | <svg onload=window.hacked=8> |

\`\`\`html
<script>window.hacked = 9</script>
\`\`\`

- [ ] task <style>body { display: none }</style>
- &lt;b&gt; &amp;amp; &#60;
`;

describeInChromium("what a model writes", () => {
  const bench = useBench();

  /** Has a text answered, in pieces of so many characters. */
  async function answerWith(page: Page, text: string, size: number): Promise<void> {
    const events: unknown[] = [];
    for (let at = 0; at < text.length; at += size) {
      const delta = { content: text.slice(at, at + size) };
      events.push({ choices: [{ index: 0, delta, finish_reason: null }] });
    }
    events.push({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
    const body = [...events.map((event) => JSON.stringify(event)), "[DONE]"];
    await page.route("**/v1/chat/completions", (route) =>
      route.fulfill({
        contentType: "text/event-stream",
        body: body.map((data) => `data: ${data}\n\n`).join(""),
      }),
    );
    await send(page, "Anything.");
    await answers(page).waitFor();
    await finished(page);
  }

  test("runs nothing, loads nothing and leads nowhere by itself", async () => {
    const page = await bench().open();
    await answerWith(page, HOSTILE, 7);
    expect(await page.evaluate("window.hacked")).toBeUndefined();
    const prose = answers(page).locator(".prose");
    expect(await prose.locator("script, img, iframe, svg:not(.icon), style, b").count()).toBe(0);
    const links = await prose.locator("a").evaluateAll((all) => all.map((link) => link.outerHTML));
    for (const link of links) {
      expect(link).toMatch(/href="https:\/\//);
      expect(link).toContain('rel="noopener noreferrer"');
      expect(link).toContain('target="_blank"');
    }
    const text = await prose.innerText();
    expect(text).toContain("<script>window.hacked = 1</script>");
    expect(text).toContain('<b onclick="window.hacked = 3">html</b>');
    expect(text).toContain("<b> &amp; <");
    // After each test it is checked that nobody was asked for anything.
    await page.waitForTimeout(300);
  });

  test("is the same text after a reload, in the list and in the inspector", async () => {
    const page = await bench().open();
    await answerWith(page, HOSTILE, 100);
    await page.getByRole("button", { name: "Show the prompt and the tokens" }).click();
    await page.reload();
    await answers(page).waitFor();
    expect(await page.evaluate("window.hacked")).toBeUndefined();
    expect(await answers(page).locator("script, img, iframe").count()).toBe(0);
  });

  test("is drawn alike, in whatever pieces it comes", async () => {
    const text =
      "# Title\n\nA *list*:\n\n1. one\n2. two\n   - inner\n\n```js\nlet a = 1;\n\nlet b;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> quote\n\nThe **end**.";
    const drawn: string[] = [];
    for (const size of [1, 3, 1000]) {
      const page = await bench().open();
      await answerWith(page, text, size);
      drawn.push(await answers(page).locator(".prose").innerHTML());
    }
    expect(drawn[0]).toContain("<strong>end</strong>");
    expect(drawn[0]).toContain("<ol");
    expect(drawn[1]).toBe(drawn[0]);
    expect(drawn[2]).toBe(drawn[0]);
  });

  test("may be longer than the page: what goes wrong after it is seen, and so is what nests too deep", async () => {
    const page = await bench().open({ mayFail: true });
    await answerWith(page, `${"A line.\n\n".repeat(80)}${"> ".repeat(5000)}`, 1000);
    await page.evaluate('document.querySelector(".scroller").scrollTop = 0');
    await page.unroute("**/v1/chat/completions");
    await page.route("**/v1/chat/completions", (route) => route.fulfill({ status: 503 }));
    await send(page, "Again?");
    const problem = page.getByRole("region", { name: "Problem" });
    await problem.waitFor();
    const end = async (): Promise<number> => {
      const { y = 0, height = 0 } = (await problem.boundingBox()) ?? {};
      return y + height;
    };
    await expect.poll(end, { timeout: 20_000 }).toBeLessThan(page.viewportSize()?.height ?? 0);
  });
});
