import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openGguf } from "../../src/gguf/open-gguf.ts";
import { writeGguf } from "../../src/gguf/write-gguf.ts";
import { type FileType, fileTypeNumber, fileTypes } from "../../src/quantize/file-type.ts";
import { quantizeModel } from "../../src/quantize/quantize-model.ts";
import { libraryFolder } from "./ggml-oracle.ts";
import {
  type LlamaSizes,
  llamaMetadata,
  llamaTensors,
  TINY,
  tensorOf,
  writeLlama,
} from "./made-llama.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llama2-kit-"));
});
afterAll(() => rm(folder, { recursive: true }));

const SCRIPT = fileURLToPath(new URL("llama-quantize.mjs", import.meta.url));

/** Quantises a model with llama.cpp; the outputs have the types' numbers behind their name. */
async function runLlamaQuantize(
  input: string,
  output: string,
  types: readonly FileType[],
): Promise<void> {
  const numbers = types.map((type) => String(fileTypeNumber(type)));
  const args = [SCRIPT, await libraryFolder(), input, output, ...numbers];
  await promisify(execFile)(process.execPath, args);
}

async function typesOf(path: string): Promise<Record<string, string>> {
  const model = await openGguf(path);
  await model.close();
  return Object.fromEntries([...model.tensors.values()].map(({ name, type }) => [name, type]));
}

const WIDE: LlamaSizes = { embedding: 256, heads: 4, kvHeads: 2, feedForward: 256, layers: 9 };

const MODELS: [name: string, sizes: LlamaSizes, types: readonly FileType[]][] = [
  ["of nine layers", WIDE, fileTypes],
  // Q2_K alone looks at that.
  ["with a head of values for four of queries", { ...WIDE, kvHeads: 1, layers: 3 }, ["Q2_K"]],
  ["whose rows are no multiples of 256", { ...TINY, embedding: 96 }, fileTypes],
  ["whose output uses the embeddings", { ...WIDE, layers: 1, isTied: true }, fileTypes],
];

describe.each(MODELS)("a model %s", (name, sizes, types) => {
  let input: string;
  let theirs: string;
  beforeAll(async () => {
    input = await writeLlama(join(folder, `${name}.gguf`), sizes);
    theirs = join(folder, `${name} by llama.cpp `);
    await runLlamaQuantize(input, theirs, types);
  });

  test.each(types)("as %s is the file that llama-quantize writes", async (type) => {
    const output = join(folder, "ours.gguf");
    await quantizeModel({ input, output, type, overwrite: true });
    const expected = `${theirs}${fileTypeNumber(type)}`;
    expect(await typesOf(output)).toEqual(await typesOf(expected));
    expect((await readFile(output)).equals(await readFile(expected))).toBe(true);
  });
});

describe("a model that is quantised", () => {
  test("from half precision is the same as from F32 of the same weights", async () => {
    const half = await writeLlama(join(folder, "half.gguf"), TINY, "F16");
    const single = join(folder, "single.gguf");
    await quantizeModel({ input: half, output: single, type: "F32", overwrite: true });
    const outputs = await Promise.all(
      [half, single].map(async (input) => {
        const output = `${input}.Q8_0`;
        await quantizeModel({ input, output, type: "Q8_0", overwrite: true });
        return readFile(output);
      }),
    );
    expect(outputs[0]?.equals(outputs[1] as Buffer)).toBe(true);
  });

  test("tells the types of its tensors, and takes others", async () => {
    const input = await writeLlama(join(folder, "model.gguf"));
    const output = join(folder, "chosen.gguf");
    const { types } = await quantizeModel({
      input,
      output,
      type: "Q4_0",
      overwrite: true,
      chooseType: ({ name, type }) =>
        name === "output.weight" ? "F16" : name.includes("attn_k") ? type : undefined,
    });
    const expected = {
      "output.weight": "F16",
      "blk.0.attn_k.weight": "F32",
      "blk.0.attn_q.weight": "Q4_0",
    };
    expect(Object.fromEntries(types)).toMatchObject(expected);
    expect(await typesOf(output)).toEqual(Object.fromEntries(types));
  });

  test("can be cut off, and leaves nothing behind", async () => {
    const input = await writeLlama(join(folder, "model.gguf"));
    const before = await readdir(folder);
    const abort = new AbortController();
    const progress: number[] = [];
    const done = quantizeModel({
      input,
      output: join(folder, "cut.gguf"),
      type: "Q8_0",
      signal: abort.signal,
      onProgress: ({ done, total }) => {
        progress.push(done / total);
        if (done > total / 2) abort.abort(new Error("enough"));
      },
    });
    await expect(done).rejects.toThrow("enough");
    expect(progress.length).toBeGreaterThan(5);
    expect(await readdir(folder)).toEqual(before);
  });
});

describe("what cannot be quantised is refused", () => {
  test("a model that is quantised already, unless asked for", async () => {
    const input = await writeLlama(join(folder, "eight.gguf"), TINY, "Q8_0");
    const options = {
      input,
      output: join(folder, "four.gguf"),
      type: "Q4_0",
      overwrite: true,
    } as const;
    await expect(quantizeModel(options)).rejects.toMatchObject({
      code: "UNSUPPORTED",
      path: input,
      message: expect.stringMatching(/quantised already, to Q8_0.*requantize/s),
    });
    await quantizeModel({ ...options, requantize: true });
    expect(await typesOf(options.output)).toMatchObject({ "blk.0.attn_q.weight": "Q4_0" });
  });

  test.each([
    ["Q8_0", Number.NaN],
    ["Q8_0", Number.POSITIVE_INFINITY],
    ["Q4_1", 1e38],
    ["F16", 70_000],
  ] as const)("%s of a weight that is %d", async (type, weight) => {
    const tensors = llamaTensors(TINY).map((tensor) => {
      if (tensor.name !== "blk.1.ffn_up.weight") return tensor;
      const values = new Float32Array(96 * 64);
      // The last of its block: ggml forgets what is no number when another follows.
      values[31] = weight;
      return tensorOf(tensor.name, tensor.shape, values);
    });
    const input = join(folder, "damaged.gguf");
    await writeGguf(input, { metadata: llamaMetadata(TINY), tensors }, { overwrite: true });
    const output = join(folder, "never.gguf");
    await expect(quantizeModel({ input, output, type })).rejects.toMatchObject({
      code: "BAD_TENSOR",
      message: expect.stringContaining("blk.1.ffn_up.weight"),
    });
    expect(await readdir(folder)).not.toContain("never.gguf");
  });

  test("a type that there is not", async () => {
    const options = { input: "x", output: "y", type: "Q9_9" as "Q8_0" };
    await expect(quantizeModel(options)).rejects.toMatchObject({
      code: "BAD_OPTION",
      parameter: "type",
      message: expect.stringMatching(/Q4_K_M.*"Q9_9"/),
    });
  });
});
