import { encodeChat } from "@llama2-kit/prompt";
import { Llama2KitError } from "@llama2-kit/protocol";
import { describe, expect, test, vi } from "vitest";
import { createGptTokenizerFunctions } from "../src/gpt.ts";
import { TokenizerError } from "../src/index.ts";
import { llama2Tokenizer } from "../src/llama2.ts";

const tokenizer = llama2Tokenizer();

test("llama2Tokenizer makes one, or one with the given cache on the same vocabulary", () => {
  expect(llama2Tokenizer()).toBe(tokenizer);
  const other = llama2Tokenizer({ cacheBytes: 0 });
  expect(other).not.toBe(tokenizer);
  expect(other.encode("Hello you")).toEqual(Int32Array.of(15043, 366));
});

test("names and ids", () => {
  expect([tokenizer.vocabSize, tokenizer.unkId, tokenizer.bosId, tokenizer.eosId]).toEqual([
    32_000, 0, 1, 2,
  ]);
  expect([tokenizer.tokenToId("▁Hello"), tokenizer.idToToken(15043)]).toEqual([15043, "▁Hello"]);
  expect([tokenizer.tokenToId(" Hello"), tokenizer.idToToken(32_000)]).toEqual([
    undefined,
    undefined,
  ]);
});

test("BOS and EOS are added on request, call by call", () => {
  expect([...tokenizer.encode("Hello", { bos: true })]).toEqual([1, 15043]);
  expect([...tokenizer.encode("Hello", { eos: true })]).toEqual([15043, 2]);
  expect([...tokenizer.encode("", { bos: true, eos: true })]).toEqual([1, 2]);
  expect([...tokenizer.encode("")]).toEqual([]);
});

test("a batch is each text's ids", () => {
  const texts = ["Hello", "", "you 😀"];
  expect(tokenizer.encodeBatch(texts, { bos: true })).toEqual(
    texts.map((text) => tokenizer.encode(text, { bos: true })),
  );
});

test("results are the caller's own", () => {
  const ids = tokenizer.encode("Hello you");
  tokenizer.encode("something else entirely");
  expect([...ids]).toEqual([15043, 366]);
});

test("it fits where @llama2-kit/prompt takes a tokenizer", () => {
  const { ids, spans } = encodeChat([{ role: "user", content: "Hello </s>" }], tokenizer);
  expect([...ids]).toEqual([1, ...tokenizer.encode("[INST] Hello </s> [/INST]")]);
  expect(spans).toEqual([{ message: 0, role: "user", start: 0, end: ids.length }]);
});

test("the functions of gpt-tokenizer", async () => {
  const { encode, decode, countTokens, isWithinTokenLimit, decodeGenerator, decodeAsyncGenerator } =
    createGptTokenizerFunctions(tokenizer);
  const ids = encode("Hello 😀 you");
  expect(Array.isArray(ids)).toBe(true);
  expect(decode(new Set(encode("Hello you")))).toBe("Hello you");
  expect(countTokens("Hello 😀 you")).toBe(ids.length);
  expect(isWithinTokenLimit("Hello 😀 you", ids.length)).toBe(ids.length);
  expect(isWithinTokenLimit("Hello 😀 you", ids.length - 1)).toBe(false);
  expect(isWithinTokenLimit("", 0)).toBe(0);
  expect([...decodeGenerator(ids)]).toEqual(["Hello", " ", "😀", " you"]);
  const parts: string[] = [];
  async function* later() {
    yield* ids.slice(0, 3);
  }
  for await (const part of decodeAsyncGenerator(later())) parts.push(part);
  expect(parts).toEqual(["Hello", " ", "\ufffd"]);
});

describe("TokenizerError", () => {
  test("has a code, a place and a cause, and is one of llama2-kit's", () => {
    const cause = new Error("why");
    const error = new TokenizerError("MALFORMED", "no", { place: "byte 7", cause });
    expect(error).toMatchObject({
      code: "MALFORMED",
      message: "byte 7: no",
      place: "byte 7",
      cause,
    });
    expect(String(error)).toBe("TokenizerError: byte 7: no");
    expect(Llama2KitError.isInstance(error)).toBe(true);
    expect(error.partialText).toBe("");
    expect("cause" in new TokenizerError("TRUNCATED", "")).toBe(false);
  });

  test("isInstance holds across copies of this package, and for nothing else", async () => {
    vi.resetModules();
    const copy = await import("../src/index.ts");
    expect(copy.TokenizerError).not.toBe(TokenizerError);
    expect(TokenizerError.isInstance(new copy.TokenizerError("TRUNCATED", ""))).toBe(true);
    const impostor = Object.assign(new Error(""), { name: "TokenizerError" });
    for (const other of [new Llama2KitError("TRUNCATED", ""), impostor, {}, null, "text"]) {
      expect(TokenizerError.isInstance(other)).toBe(false);
    }
  });
});

describe("a wrong argument is refused by its name", () => {
  const any = tokenizer as unknown as Record<string, (...values: unknown[]) => unknown>;
  test.each([
    ["encode", [7], /^text is 7: /],
    ["encode", [undefined], /^text is undefined: /],
    ["encode", ["a", null], /^options is null: /],
    ["encode", ["a", { bos: 1 }], /^bos is 1: /],
    ["encode", ["a", { specialTokens: "all" }], /^specialTokens is "all": /],
    ["encodeBatch", ["a"], /^texts is "a": /],
    ["encodeBatch", [["a", 7]], /^texts\[1\] is 7: /],
    ["count", [{}], /^text is a value of type object: /],
    ["countUpTo", ["a", -1], /^maxTokens is -1: /],
    ["truncate", ["a", 1.5], /^maxTokens is 1.5: /],
    ["truncate", ["a", 1, { side: "left" }], /^side is "left": /],
    ["truncate", ["a", 1, { bos: true, eos: true }], /^maxTokens is 1: pass at least 2/],
    ["split", ["a", {}], /^maxTokens is undefined: /],
    ["split", ["a", { maxTokens: 5, overlap: 5 }], /^overlap is 5: /],
    [
      "split",
      ["a", { maxTokens: 0 }],
      /^maxTokens is 0: pass a larger limit: the character "a" at index 0/,
    ],
    ["decode", ["a"], /^ids is "a": /],
    ["decode", [null], /^ids is null: /],
    ["decode", [[1, 32_000]], /^ids\[1\] is 32000: /],
    ["decode", [[1.5]], /^ids\[0\] is 1.5: /],
    ["decode", [[1], { specialTokens: "hide" }], /^specialTokens is "hide": /],
    ["tokenToId", [7], /^token is 7: /],
  ] as const)("%s %j", (name, values, message) => {
    const method = any[name] as (...values: unknown[]) => unknown;
    expect(() => method.apply(tokenizer, [...values])).toThrow(message);
    expect(() => method.apply(tokenizer, [...values])).toThrow(TokenizerError);
  });

  test("also by a decoder, and when a tokenizer is made", () => {
    expect(() => tokenizer.createDecoder().push(-1)).toThrow(/^id is -1: /);
    expect(() => llama2Tokenizer({ cacheBytes: -1 })).toThrow(/^cacheBytes is -1: /);
  });
});
