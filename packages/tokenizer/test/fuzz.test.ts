import { criaModelPath } from "@llama2-kit/cria";
import peer from "llama-tokenizer-js";
import { getLlama, LlamaLogLevel } from "node-llama-cpp";
import { describe, expect, test } from "vitest";
import { llama2Tokenizer } from "../src/llama2.ts";
import { kinds, Random, wellFormed } from "./random-text.ts";

const TEXTS_PER_KIND = 250;

const cached = llama2Tokenizer();
// Small enough to be emptied again and again.
const crowded = llama2Tokenizer({ cacheBytes: 1 << 14 });
const uncached = llama2Tokenizer({ cacheBytes: 0 });

const llama = await getLlama({
  gpu: false,
  build: "never",
  skipDownload: true,
  maxThreads: 1,
  logLevel: LlamaLogLevel.error,
});
const model = await llama.loadModel({ modelPath: criaModelPath, vocabOnly: true });

describe.each(Object.entries(kinds))("%s", (kind, make) => {
  const random = new Random(kind.length);
  const texts = Array.from({ length: TEXTS_PER_KIND }, () => make(random));

  test("as llama.cpp", () => {
    for (const text of texts) {
      const wanted = text === "" ? "" : model.tokenize(wellFormed(text), false).join();
      if (cached.encode(text).join() === wanted) continue;
      expect(cached.encode(text).join(), JSON.stringify(text)).toBe(wanted);
    }
  });

  test.skipIf(kind === "surrogates")("as llama-tokenizer-js", () => {
    for (const text of texts) {
      const wanted = text === "" ? "" : peer.encode(text, false).join();
      if (cached.encode(text).join() === wanted) continue;
      expect(cached.encode(text).join(), JSON.stringify(text)).toBe(wanted);
    }
  });

  test("the same with any cache, and again", () => {
    for (const text of texts) {
      const wanted = uncached.encode(text).join();
      expect(crowded.encode(text).join()).toBe(wanted);
      expect(cached.encode(text).join()).toBe(wanted);
    }
  });
});

describe("long texts", () => {
  const random = new Random(7);
  const prose = Array.from({ length: 600 }, () => random.of(Object.values(kinds))(random)).join("");

  test.each([
    ["of everything", prose],
    ["of one letter", "a".repeat(30_000)],
    ["of two letters", "ab".repeat(12_000)],
    ["of spaces", " ".repeat(20_000)],
    ["of equals signs", "=".repeat(20_001)],
    [
      "of letters in any order",
      Array.from({ length: 20_000 }, () => random.of("etaoins")).join(""),
    ],
    ["of two-byte letters", "ба".repeat(9_000)],
  ])("%s", (_, text) => {
    const wanted = model.tokenize(wellFormed(text), false).join();
    for (const tokenizer of [cached, uncached]) {
      expect(tokenizer.encode(text).join() === wanted).toBe(true);
      expect(tokenizer.count(text)).toBe(wanted.split(",").length);
    }
  });

  test("cut anywhere, at the windows' ends too, give what their parts' windows give", () => {
    const filler = "x ".repeat(4090);
    for (let shift = 0; shift < 40; shift++) {
      const text = `${filler}${" ".repeat(shift)}😀 Hello you 🦙${prose.slice(0, 200)}`;
      expect(cached.encode(text).join()).toBe(model.tokenize(wellFormed(text), false).join());
    }
  });
});
