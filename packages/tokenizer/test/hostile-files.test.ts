import { describe, expect, test } from "vitest";
import { loadTokenizer, TokenizerError } from "../src/index.ts";
import { NORMAL } from "../src/pieces.ts";
import { Random } from "./random-text.ts";
import {
  extended,
  ggufFile,
  ggufOf,
  huggingFaceContent,
  jsonFile,
  metaspace,
  sentencePieceFile,
  smallVocabulary,
  varint,
} from "./vocabulary-files.ts";

const source = smallVocabulary("▁", "a", "b", "ab", "é", "▁a");
const json = huggingFaceContent(source);
const files = {
  "tokenizer.model": sentencePieceFile(source),
  GGUF: ggufFile(source),
  "tokenizer.json": jsonFile(json),
};

/** The error of a file that must not load. */
function errorOf(bytes: Uint8Array): TokenizerError {
  try {
    loadTokenizer(bytes);
  } catch (error) {
    if (!TokenizerError.isInstance(error)) throw error;
    return error;
  }
  throw new Error("it loaded");
}

describe.each(Object.entries(files))("a damaged %s", (name, bytes) => {
  test("loads whole", () => {
    expect([...loadTokenizer(bytes).encode("ab")]).toEqual([259, 262]);
  });

  test("cut off anywhere, is refused", () => {
    for (let end = 0; end < bytes.length; end++) {
      // The settings at the end of a model, and with it all of them, may be missing by their format.
      const { code } = errorOf(bytes.subarray(0, end));
      expect(["TRUNCATED", "MALFORMED", "UNSUPPORTED", "UNKNOWN_FORMAT"]).toContain(code);
    }
    const { code, place } = errorOf(bytes.subarray(0, bytes.length >> 1));
    expect(code).toBe("TRUNCATED");
    expect(place).toMatch(/^byte \d+$/);
  });

  test("with any byte changed, is refused or loads, and does nothing else", () => {
    const random = new Random(name.length);
    for (let times = 0; times < 500; times++) {
      const changed = bytes.slice();
      for (let left = 1 + random.below(3); left > 0; left--) {
        changed[random.below(changed.length)] = random.below(256);
      }
      try {
        const tokenizer = loadTokenizer(changed, { cacheBytes: 0 });
        tokenizer.decode(tokenizer.encode("ab é ab"));
      } catch (error) {
        if (!TokenizerError.isInstance(error)) throw error;
      }
    }
  });
});

describe("what is no file of these", () => {
  test.each([
    [new Uint8Array(0), "TRUNCATED"],
    [new Uint8Array(1000), "UNKNOWN_FORMAT"],
    [new TextEncoder().encode("<html>"), "UNKNOWN_FORMAT"],
    [Uint8Array.of(0x80, 0x02, 0x63), "UNKNOWN_FORMAT"],
  ])("%#", (bytes, code) => {
    expect(errorOf(bytes).code).toBe(code);
  });

  test.each([undefined, null, "tokenizer.model", 42, [1, 2], {}])("%j is no bytes", (value) => {
    expect(errorOf(value as never)).toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});

describe("tokenizer.model", () => {
  test.each([
    [{ 3: 1 }, {}, /^model_type: this is 1, and must be 2 as in Llama 2/],
    [{}, {}, /^model_type: this is 1/],
    [{ 3: 4 }, {}, /^model_type: this is 4/],
    [{ 3: 2 }, {}, /^remove_extra_whitespaces: this is 1/],
    [{ 3: 2 }, { 2: "nfkc", 4: 0 }, /^precompiled_charsmap: /],
    [{ 3: 2 }, { 4: 0, 5: 0 }, /^escape_whitespaces: this is 0/],
    [{ 3: 2, 24: 1 }, { 4: 0 }, /^treat_whitespace_as_suffix: this is 1/],
    [{ 3: 2, 46: "<bos>" }, { 4: 0 }, /no special piece <bos>/],
  ])("another kind of model, %j %j", (trainer, normalizer, message) => {
    const error = errorOf(sentencePieceFile(source, trainer, normalizer));
    expect(error.code).toBe("UNSUPPORTED");
    expect(error.message).toMatch(message);
  });

  test("a length beyond the file", () => {
    const error = errorOf(Uint8Array.of(0x0a, ...varint(2 ** 31 - 1), 0x0a));
    expect(error).toMatchObject({ code: "TRUNCATED", place: "byte 6" });
  });

  test("a varint without end, and a field of a wire type that there is not", () => {
    expect(errorOf(Uint8Array.of(0x0a, ...new Array(20).fill(0x80))).code).toBe("MALFORMED");
    expect(errorOf(Uint8Array.of(0x0a, 1, 0x0b)).code).toBe("MALFORMED");
  });

  test.each([
    [["a", -1, NORMAL], "MALFORMED"],
    [["", -1, NORMAL], "MALFORMED"],
    [["c", -1, 9], "MALFORMED"],
    [["c", Number.NaN, NORMAL], "MALFORMED"],
    [["c".repeat(257), -1, NORMAL], "LIMIT_EXCEEDED"],
  ] as const)("piece %j", (piece, code) => {
    expect(errorOf(sentencePieceFile(extended(source, [...piece]))).code).toBe(code);
    expect(errorOf(ggufFile(extended(source, [...piece]))).code).toBe(code);
  });

  test("a missing byte", () => {
    const texts = source.texts.map((text) => (text === "<0x41>" ? "<0x4G>" : text));
    expect(errorOf(sentencePieceFile({ ...source, texts })).message).toMatch(
      /the byte 0x41 has no piece/,
    );
  });

  test("pieces that merge in as many ways as can be", () => {
    const runs = Array.from({ length: 256 }, (_, index) => "a".repeat(index + 1));
    const tokenizer = loadTokenizer(sentencePieceFile(smallVocabulary("▁", ...runs)));
    expect(tokenizer.count("a".repeat(2560))).toBeLessThan(30);
    expect(tokenizer.decode(tokenizer.encode("a".repeat(10_000)))).toHaveLength(10_000);
  });

  test("more pieces than can merge", () => {
    const many = Array.from({ length: 66_000 }, (_, index) => index.toString(36).padStart(5, "z"));
    expect(errorOf(sentencePieceFile(smallVocabulary(...many))).code).toBe("LIMIT_EXCEEDED");
  });
});

describe("GGUF", () => {
  const model = { "tokenizer.ggml.model": [8, "llama"] } as const;
  const list = (...value: [number, unknown[]]) =>
    ({ ...model, "tokenizer.ggml.tokens": [9, value] }) as const;

  test.each([
    [ggufOf({}), "UNSUPPORTED"],
    [ggufOf({}, 1), "UNSUPPORTED"],
    [ggufOf({}, 0x03000000), "UNSUPPORTED"],
    [ggufOf({ "tokenizer.ggml.model": [8, "gpt2"] }), "UNSUPPORTED"],
    [ggufOf({ "tokenizer.ggml.model": [4, 7] }), "MALFORMED"],
    [ggufOf(model), "MALFORMED"],
    [ggufOf({ ...model, x: [13, 0] }), "MALFORMED"],
    [ggufOf(list(4, [1, 2])), "MALFORMED"],
    [ggufFile({ ...source, scores: [] }), "MALFORMED"],
    [ggufFile(source, { "tokenizer.ggml.bos_token_id": [4, 100_000] }), "MALFORMED"],
    [ggufFile(source, { "tokenizer.ggml.remove_extra_whitespaces": [7, true] }), "UNSUPPORTED"],
  ])("%#", (bytes, code) => {
    expect(errorOf(bytes).code).toBe(code);
  });

  test("counts that no file can have", () => {
    const bytes = ggufOf(list(8, []));
    for (const at of [16, bytes.length - 8]) {
      const changed = bytes.slice();
      changed.fill(0xff, at, at + 8);
      expect(errorOf(changed)).toMatchObject({ code: "LIMIT_EXCEEDED", place: `byte ${at}` });
    }
    const skipped = ggufOf({ x: [9, [4, []]] });
    skipped.fill(0xff, skipped.length - 8);
    expect(errorOf(skipped).code).toBe("TRUNCATED");
  });

  test("arrays of arrays without end", () => {
    let value: readonly [number, unknown[]] = [4, []];
    for (let depth = 0; depth < 50; depth++) value = [9, [value]];
    expect(errorOf(ggufOf({ x: [9, value] })).code).toBe("MALFORMED");
  });
});

describe("tokenizer.json", () => {
  const withModel = (changes: object) => ({ ...json, model: { ...json.model, ...changes } });

  test.each([
    [withModel({ type: "Unigram" }), "UNSUPPORTED", "model.type"],
    [withModel({ type: "WordPiece" }), "UNSUPPORTED", "model.type"],
    [withModel({ byte_fallback: false }), "UNSUPPORTED", "model.byte_fallback"],
    [withModel({ ignore_merges: true }), "UNSUPPORTED", "model.ignore_merges"],
    [withModel({ dropout: 0.1 }), "UNSUPPORTED", "model.dropout"],
    [withModel({ vocab: [] }), "MALFORMED", "model.vocab"],
    [withModel({ vocab: { a: "1" } }), "MALFORMED", 'model.vocab["a"]'],
    [withModel({ vocab: { a: 1e12 } }), "LIMIT_EXCEEDED", 'model.vocab["a"]'],
    [withModel({ vocab: { a: 7, b: 7 } }), "MALFORMED", 'model.vocab["b"]'],
    [withModel({ merges: {} }), "MALFORMED", "model.merges"],
    [withModel({ merges: ["a b", 7] }), "MALFORMED", "model.merges[1]"],
    [withModel({ merges: ["a b", "ab"] }), "MALFORMED", "model.merges[1]"],
    [withModel({ merges: ["a b", ["a", "q"]] }), "MALFORMED", "model.merges[1]"],
    [{ ...json, added_tokens: [7] }, "MALFORMED", "added_tokens[0]"],
    [{ ...json, added_tokens: [{ id: 5, content: "x" }] }, "MALFORMED", "added_tokens[0]"],
    [{ ...json, normalizer: null }, "UNSUPPORTED", "normalizer"],
    [{ ...json, normalizer: { type: "NFKC" } }, "UNSUPPORTED", "normalizer"],
    [{ ...json, pre_tokenizer: metaspace }, "UNSUPPORTED", "pre_tokenizer"],
    [
      { ...json, normalizer: null, pre_tokenizer: { type: "ByteLevel" } },
      "UNSUPPORTED",
      "pre_tokenizer",
    ],
    [{ ...json, normalizer: 7 }, "MALFORMED", "normalizer"],
    [{}, "MALFORMED", "model"],
  ])("case %#", (content, code, place) => {
    const error = errorOf(jsonFile(content));
    expect(error).toMatchObject({ code, place });
    expect(error.message.startsWith(`${place}: `)).toBe(true);
  });

  test("deep, wide, or not JSON at all", () => {
    const text = (content: string) => errorOf(new TextEncoder().encode(content)).code;
    expect(text(`{"a":${"[".repeat(1_000_000)}`)).toBe("LIMIT_EXCEEDED");
    expect(text(`{"a":[${"{},".repeat(3_000_000)}{}]}`)).toBe("LIMIT_EXCEEDED");
    expect(text(`{"a":"${" ".repeat(40_000_000)}"}`)).toBe("LIMIT_EXCEEDED");
    expect(text('{"a":1,}')).toBe("MALFORMED");
    expect(text('{"a":"[[[[')).toBe("TRUNCATED");
    expect(text('{"__proto__":{"model":{}}}')).toBe("MALFORMED");
  });
});
