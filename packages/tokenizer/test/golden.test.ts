import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadTokenizer } from "../src/index.ts";
import { llama2Tokenizer } from "../src/llama2.ts";
import { golden } from "./golden-data.ts";

const tokenizer = llama2Tokenizer();

describe("SentencePiece's results, recorded", () => {
  test.each(golden.encode.map((one, index) => ({ index, one })))("text $index", ({ one }) => {
    const [text, ids, decoded = text] = one;
    expect([...tokenizer.encode(text)]).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(decoded);
    expect(tokenizer.count(text)).toBe(ids.length);
  });

  test.each(golden.decode.map((one, index) => ({ index, one })))("ids $index", ({ one }) => {
    const [ids, text] = one;
    expect(tokenizer.decode(ids)).toBe(text);
  });
});

/** Vectors that the project does not commit. */
const folder = new URL("../../../../shared/data/tokenizer/", import.meta.url);

describe.skipIf(!existsSync(folder))("the vectors beside the checkout", () => {
  const read = (name: string): Buffer => readFileSync(new URL(name, folder));
  const lines = (name: string) =>
    read(name)
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { s: string; t: number[]; d: string });

  test("encode.ndjson, with the vocabulary of each source", () => {
    const tokenizers = {
      packed: tokenizer,
      sentencePiece: loadTokenizer(read("tokenizer.model")),
      gguf: loadTokenizer(read("ggml-vocab-llama-spm.gguf")),
      uncached: llama2Tokenizer({ cacheBytes: 0 }),
    };
    const cases = lines("encode.ndjson");
    expect(cases.length).toBeGreaterThan(3000);
    for (const [source, one] of Object.entries(tokenizers)) {
      const wrong = cases.filter(({ s, t, d }) => {
        const ids = one.encode(s);
        return ids.join() !== t.join() || one.decode(t) !== d || one.count(s) !== t.length;
      });
      expect(wrong, source).toEqual([]);
    }
  });

  test("decode.ndjson", () => {
    const cases = lines("decode.ndjson");
    expect(cases.length).toBeGreaterThan(1900);
    expect(cases.filter(({ t, d }) => tokenizer.decode(t) !== d)).toEqual([]);
  });

  test("llama.cpp's .inp and .out", () => {
    const texts = read("ggml-vocab-llama-spm.gguf.inp").toString().split("\n__ggml_vocab_test__\n");
    const ids = read("ggml-vocab-llama-spm.gguf.out").toString().split("\n");
    expect(texts.length).toBeGreaterThan(40);
    for (const [index, text] of texts.entries()) {
      expect([...tokenizer.encode(text)].join(" "), `text ${index}`).toBe(ids[index]?.trim());
    }
  });

  test("every piece has the id and the name that the model gives it", () => {
    const model = loadTokenizer(read("tokenizer.model"));
    for (let id = 0; id < 32_000; id++) {
      const piece = tokenizer.idToToken(id) ?? "";
      if (piece !== model.idToToken(id) || model.tokenToId(piece) !== id) {
        expect(piece, `id ${id}`).toBe(model.idToToken(id));
        expect(model.tokenToId(piece)).toBe(id);
      }
    }
  });
});
