import { readFileSync } from "node:fs";
import { criaModelPath } from "@llama2-kit/cria";
import { describe, expect, test } from "vitest";
import { loadTokenizer } from "../src/index.ts";
import { llama2Tokenizer } from "../src/llama2.ts";
import { CONTROL, NORMAL, UNUSED, USER_DEFINED } from "../src/pieces.ts";
import { golden } from "./golden-data.ts";
import { Random, randomText } from "./random-text.ts";
import {
  extended,
  ggufFile,
  huggingFaceContent,
  jsonFile,
  llama2,
  metaspace,
  sentencePieceFile,
  smallVocabulary,
} from "./vocabulary-files.ts";

const packed = llama2Tokenizer();
const random = new Random(3);
const texts = [
  ...golden.encode.map(([text]) => text),
  ...Array.from({ length: 500 }, () => randomText(random)),
];
const json = huggingFaceContent(llama2);

function mergesOf({ merges }: { merges?: unknown }): string[] {
  return merges as string[];
}

/** Compares texts, which takes far less time than comparing arrays. */
function expectSame(ids: Int32Array, wanted: Int32Array): void {
  expect(ids.join()).toBe(wanted.join());
}

describe("all formats give the same ids", () => {
  // Of the model that ships with this repository, the metadata alone.
  const cria = readFileSync(criaModelPath).subarray(0, 2_000_000);
  test.each([
    ["tokenizer.model", sentencePieceFile(llama2)],
    ["GGUF", ggufFile(llama2)],
    ["the beginning of Cria's GGUF", cria],
    ["tokenizer.json", jsonFile(json)],
    [
      "tokenizer.json with merges as pairs",
      jsonFile({
        ...json,
        model: {
          ...json.model,
          merges: mergesOf(json.model).map((merge) => merge.split(" ")),
        },
      }),
    ],
  ])("%s", (_, bytes) => {
    const tokenizer = loadTokenizer(bytes);
    expect([tokenizer.vocabSize, tokenizer.unkId, tokenizer.bosId, tokenizer.eosId]).toEqual([
      32_000, 0, 1, 2,
    ]);
    for (const text of texts) expectSame(tokenizer.encode(text), packed.encode(text));
    for (const [ids, text] of golden.decode) expect(tokenizer.decode(ids)).toBe(text);
    expect(loadTokenizer(new Uint8Array(bytes).buffer).count("Hello you")).toBe(2);
  });

  test("tokenizer.json with Metaspace, which adds no space where there is one", () => {
    const tokenizer = loadTokenizer(
      jsonFile({ ...json, normalizer: null, pre_tokenizer: metaspace }),
    );
    for (const text of texts) {
      const wanted = /^[ ▁]/.test(text) ? text.slice(1) : text;
      if (wanted !== "") expectSame(tokenizer.encode(text), packed.encode(wanted));
    }
    expect([...tokenizer.encode("<s>Hello", { specialTokens: "parse" })]).toEqual([1, 10994]);
  });

  test("Metaspace that splits takes spaces one by one", () => {
    const tokenizer = loadTokenizer(
      jsonFile({ ...json, normalizer: null, pre_tokenizer: { ...metaspace, split: true } }),
    );
    expect([...tokenizer.encode("Hello   you")]).toEqual([15043, 29871, 29871, 366]);
  });
});

describe("special tokens", () => {
  test("are text by default, and tokens on request, call by call", () => {
    expect([...packed.encode("<s>Hi</s>")]).toEqual([...packed.encode("<s>Hi</s>", {})]);
    expect([...packed.encode("<s>Hi</s>")]).not.toContain(1);
    expect([...packed.encode("<s>Hi</s>", { specialTokens: "parse" })]).toEqual([1, 6324, 2]);
    expect(packed.count("<s>Hi</s>", { specialTokens: "parse" })).toBe(3);
    const { ids, offsets } = packed.encodeWithOffsets("a<s> b", { specialTokens: "parse" });
    expect([[...ids], [...offsets]]).toEqual([
      [263, 1, 29871, 289],
      [0, 1, 4, 4, 6],
    ]);
  });

  test("parsed turns have the ids that each has when encoded alone", () => {
    const turns = ["[INST] Hi [/INST] Hello! ", "[INST] Bye [/INST]"];
    const text = `<s>${turns[0]}</s><s>${turns[1]}`;
    expect([...packed.encode(text, { specialTokens: "parse" })]).toEqual([
      1,
      ...packed.encode(turns[0] as string),
      2,
      1,
      ...packed.encode(turns[1] as string),
    ]);
  });

  test("are skipped or shown when decoding", () => {
    const ids = [1, 15043, 0, 2];
    expect(packed.decode(ids)).toBe("Hello ⁇ ");
    expect(packed.decode(ids, { specialTokens: "show" })).toBe("<s>Hello<unk></s>");
    expect(packed.decode(ids, { keepFirstSpace: true })).toBe(" Hello ⁇ ");
  });
});

describe("vocabularies that go beyond Llama 2's", () => {
  const source = extended(
    llama2,
    ["▁<PRE>", -40_000, CONTROL],
    ["<|im_start|>", 0, USER_DEFINED],
    ["<|im_end|>", 0, USER_DEFINED],
    ["▁<SU", -31_742, NORMAL],
    ["[PAD32004]", 0, UNUSED],
  );

  test("tokenizer.model: user-defined pieces are parsed within one text", () => {
    const tokenizer = loadTokenizer(sentencePieceFile(source));
    expect(tokenizer.vocabSize).toBe(32_005);
    expect([...tokenizer.encode("<|im_start|>user\nHi<|im_end|>")]).toEqual([
      29871, 32_001, 1792, 13, 18567, 32_002,
    ]);
    expect([...tokenizer.encode("f <SUF")]).toEqual([285, 32_003, 29943]);
    expect([...tokenizer.encode(" <PRE> x")]).not.toContain(32_000);
    expect([...tokenizer.encode("x <PRE> y", { specialTokens: "parse" })]).toEqual([
      921, 32_000, 29871, 343,
    ]);
    expect([...tokenizer.encode("[PAD32004]")]).not.toContain(32_004);
    expect(tokenizer.decode([32_001, 1792])).toBe("<|im_start|>user");
  });

  test("GGUF: tokens part texts, as in llama.cpp", () => {
    const tokenizer = loadTokenizer(ggufFile(source));
    expect([...tokenizer.encode("<|im_start|>user")]).toEqual([32_001, 1404]);
  });

  test("GGUF without a space in front", () => {
    const tokenizer = loadTokenizer(
      ggufFile(llama2, { "tokenizer.ggml.add_space_prefix": [7, false] }),
    );
    expect([...tokenizer.encode("Hello")]).toEqual([10994]);
    expect(tokenizer.decode([15043])).toBe(" Hello");
  });

  test("tokenizer.json: added tokens, and what they do to spaces", () => {
    const tokenizer = loadTokenizer(
      jsonFile({
        ...json,
        added_tokens: [
          ...json.added_tokens,
          { id: 32_000, content: "<|im_start|>", special: true },
          { id: 32_007, content: "<tool>", special: false, lstrip: true, rstrip: true },
        ],
      }),
    );
    expect(tokenizer.vocabSize).toBe(32_008);
    expect([...tokenizer.encode("<|im_start|>")]).not.toContain(32_000);
    expect([...tokenizer.encode("<|im_start|>a", { specialTokens: "parse" })]).toEqual([
      32_000, 263,
    ]);
    expect([...tokenizer.encode("a \n <tool>  b")]).toEqual([263, 32_007, 289]);
    expect([...tokenizer.encodeWithOffsets("a <tool> b").offsets]).toEqual([0, 1, 9, 10]);
    expect(tokenizer.tokenToId("<tool>")).toBe(32_007);
  });

  test("characters of two units merge, beside such that no piece has", () => {
    const tokenizer = loadTokenizer(
      sentencePieceFile(smallVocabulary("▁", "👍", "🏻", "👍🏻", "a")),
    );
    expect([...tokenizer.encode("a👍🏻😀👍a")]).toEqual([
      259, 263, 262, 243, 162, 155, 131, 260, 263,
    ]);
    expect(tokenizer.decode(tokenizer.encode("👍🏻😀"))).toBe("👍🏻😀");
  });

  test("a piece of characters that are no pieces is made, and its characters alone are bytes", () => {
    const tokenizer = loadTokenizer(sentencePieceFile(smallVocabulary("▁", "xy")));
    expect([...tokenizer.encode("xyx")]).toEqual([259, 260, 3 + 0x78]);
    expect([...tokenizer.encodeWithOffsets("xyx").offsets]).toEqual([0, 0, 2, 3]);
  });

  test("more kinds of characters than there are classes", () => {
    const letters = Array.from({ length: 3000 }, (_, index) => String.fromCharCode(0x4e00 + index));
    const pairs = letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);
    const tokenizer = loadTokenizer(sentencePieceFile(smallVocabulary("▁", ...letters, ...pairs)));
    const first = 260;
    expect([...tokenizer.encode(letters.slice(0, 5).join(""))]).toEqual([
      259,
      first + 3000,
      first + 3002,
      first + 4,
    ]);
    expect(tokenizer.decode(tokenizer.encode(letters.join("")))).toBe(letters.join(""));
  });
});
