import { describe, expect, test } from "vitest";
import { BlockCutter } from "../../src/markdown/blocks.ts";
import { safeAddress } from "../../src/markdown/safe-address.ts";

describe("Markdown", () => {
  test("is cut into the same blocks however it comes", () => {
    const text = "# Title\n\nOne\ntwo\n\n- a\n- b\n\n  more of b\n\n```js\nx\n\ny\n```\n\nEnd";
    const whole = new BlockCutter().cut(text);
    expect(whole.length).toBeGreaterThan(3);
    for (let size = 1; size < 8; size++) {
      const cutter = new BlockCutter();
      let blocks: readonly string[] = [];
      for (let at = size; at < text.length + size; at += size)
        blocks = cutter.cut(text.slice(0, at));
      expect(blocks.map((block) => block.trim())).toEqual(whole.map((block) => block.trim()));
    }
  });

  test("has links to the web and to mail alone", () => {
    expect(safeAddress("https://a.b/c")).toBe("https://a.b/c");
    for (const address of [
      "javascript:alert(1)",
      " javascript:a",
      "JAVASCRIPT:a",
      "data:text/html,x",
      "/model",
      "#/x",
    ]) {
      expect(safeAddress(address)).toBeUndefined();
    }
  });
});
