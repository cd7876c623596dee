import { describe, expect, test } from "vitest";
import { NeedMoreBytes } from "../../src/gguf/byte-reader.ts";
import { GgufProblem } from "../../src/gguf/header.ts";
import { parseHeader } from "../../src/gguf/parse-header.ts";
import { ggufBytes } from "../support/gguf-file.ts";
import { loraFile } from "../support/lora-file.ts";
import { createRandom, tinyLlama } from "../support/tiny-llama.ts";

const tiny = ggufBytes(tinyLlama());
const lora = ggufBytes(loraFile({ targets: [["blk.0.attn_q.weight", 64, 64]] }));

/** Parses, and tells what came of it. */
function outcome(bytes: Uint8Array, fileBytes = bytes.length): "read" | "refused" | "more" {
  try {
    parseHeader(bytes, fileBytes);
    return "read";
  } catch (error) {
    if (error instanceof NeedMoreBytes) return "more";
    expect(error).toBeInstanceOf(GgufProblem);
    return "refused";
  }
}

describe("a header", () => {
  test("has its values, and where each tensor stands", () => {
    const { version, metadata, tensors, fileBytes } = parseHeader(lora, lora.length);
    expect({ version, fileBytes }).toEqual({ version: 3, fileBytes: lora.length });
    expect(metadata.get("general.type")).toEqual({ type: "string", value: "adapter" });
    expect(metadata.get("adapter.lora.alpha")).toEqual({ type: "f32", value: 4 });
    const [a, b] = [...tensors.values()];
    expect(a).toMatchObject({
      name: "blk.0.attn_q.weight.lora_a",
      dimensions: [64, 4],
      bytes: 1024,
    });
    expect(b).toMatchObject({
      name: "blk.0.attn_q.weight.lora_b",
      dimensions: [4, 64],
      bytes: 1024,
    });
    expect(b?.start).toBe(lora.length - 1024);
    expect(a?.start).toBe(lora.length - 2048);
  });

  test("of every type has its value", () => {
    const metadata = {
      u8: ["u8", 255],
      i8: ["i8", -1],
      u16: ["u16", 65_535],
      i16: ["i16", -2],
      u32: ["u32", 4_294_967_295],
      i32: ["i32", -3],
      f32: ["f32", 0.5],
      u64: ["u64", 2 ** 40],
      i64: ["i64", -(2 ** 40)],
      f64: ["f64", 0.1],
    } as const;
    const bytes = ggufBytes({ metadata, tensors: [] });
    const read = parseHeader(bytes, bytes.length).metadata;
    for (const [key, [type, value]] of Object.entries(metadata)) {
      expect(read.get(key)).toEqual({ type, value });
    }
  });

  test("that is cut anywhere asks for more, or is refused where the file ends there", () => {
    const { tensors } = parseHeader(lora, lora.length);
    const end = [...tensors.values()][0]?.start ?? 0;
    for (let length = 8; length < end - 32; length++) {
      expect(outcome(lora.subarray(0, length), lora.length)).toBe("more");
      expect(outcome(lora.subarray(0, length))).toBe("refused");
    }
  });

  test("with any bytes changed is read, refused or asks for more, and nothing else", () => {
    const random = createRandom(7);
    const seen = new Set<string>();
    for (let round = 0; round < 3000; round++) {
      const bytes = Buffer.from(round % 2 ? tiny.subarray(0, 12_000) : lora);
      for (let change = 0; change < 1 + random() * 4; change++) {
        bytes[4 + Math.floor(random() * (bytes.length - 4))] = Math.floor(random() * 256);
      }
      seen.add(outcome(bytes, round % 2 ? tiny.length : bytes.length));
    }
    expect([...seen].sort()).toEqual(["more", "read", "refused"]);
  });
});
