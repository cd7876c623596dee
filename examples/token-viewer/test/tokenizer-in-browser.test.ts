// The tokenizer's own tests run in Node, from its source. This runs what is built, in a browser.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  BROWSER_TIMEOUT,
  describeInChromium,
  launchChromium,
} from "../../../packages/client/test/chromium.ts";
import { type StaticServer, serveFolder } from "./static-server.ts";

const BUILT = new URL("../../../packages/tokenizer/dist/", import.meta.url);

/** Ids by SentencePiece, without BOS. */
const KNOWN: [text: string, ids: number[]][] = [
  ["", []],
  ["Hello", [15043]],
  ["Hello you", [15043, 366]],
  [" leading  and trailing ", [29871, 8236, 29871, 322, 25053, 29871]],
  ["naïve 東京 🦙", [1055, 30085, 345, 29871, 30591, 30675, 29871, 243, 162, 169, 156]],
  ["a\n\tfor (;;) {}", [263, 13, 12, 1454, 313, 7859, 29897, 6571]],
  ["\ud800", [29871, 30140]],
  ["</s>", [1533, 29879, 29958]],
];

describeInChromium("the built tokenizer", () => {
  let browser: Browser;
  let server: StaticServer;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    server = await serveFolder(BUILT, "<!doctype html><title>Tokenizer</title>");
    browser = await launchChromium();
    page = await browser.newPage();
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(server.address);
  }, BROWSER_TIMEOUT);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** A string, because functions would be rewritten for Node on their way. */
  function evaluate<T>(expression: string): Promise<T> {
    return page.evaluate(
      `import("/llama2.js").then(({ llama2Tokenizer }) => {
        const tokenizer = llama2Tokenizer();
        return ${expression};
      })`,
    );
  }

  test.each(KNOWN)("encodes %j", async (text, ids) => {
    const encoded = await evaluate<number[]>(`[...tokenizer.encode(${JSON.stringify(text)})]`);
    expect(encoded).toEqual(ids);
  });

  test("decodes what it has encoded", async () => {
    const text = KNOWN.map(([part]) => part.replace("\ud800", "\ufffd"))
      .join(" ")
      .repeat(200);
    const decoded = `tokenizer.decode(tokenizer.encode(${JSON.stringify(text)}))`;
    expect(await evaluate(decoded)).toBe(text);
  });

  test("parses special tokens, and adds BOS and EOS, only when asked to", async () => {
    const options = `{ bos: true, eos: true, specialTokens: "parse" }`;
    expect(await evaluate(`[...tokenizer.encode("<s></s>", ${options})]`)).toEqual([1, 1, 2, 2]);
  });

  test("loads what it needs and throws nothing besides", async () => {
    expect(await evaluate("tokenizer.vocabSize")).toBe(32_000);
    expect(errors).toEqual([]);
  });
});
