import { chmod, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InferenceError } from "../src/index.ts";
import { brokenModels } from "./broken-models.ts";
import { loadCria } from "./cria.ts";
import { ggufBytes, type MetadataValue } from "./gguf-file.ts";
import { tinyLlama } from "./tiny-llama.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llama2-kit-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, content: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const load = (model: string) => loadCria({ model, contextSize: 32 });
const failure = (model: string) =>
  load(model)
    .then((it) => it.dispose())
    .catch((error) => error);

describe("a model's file that is broken gives a typed error that names it", () => {
  test("and one that is not loads", async () => {
    await using model = await load(await write("whole.gguf", ggufBytes(tinyLlama())));
    expect((await model.complete("hello", { maxTokens: 4 }).result).tokens).toHaveLength(4);
  });

  test.each(brokenModels)("$what", async ({ bytes, code, message }) => {
    const path = await write("bad.gguf", bytes());
    const error = await failure(path);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(InferenceError.isInstance(error)).toBe(true);
    expect(error.message).toContain(path);
    expect(error.message).not.toContain("\n");
    expect(error.message).toMatch(/\.$/);
  });
});

describe("a file that cannot be read", () => {
  test("is not there, is a folder, or may not be read", async () => {
    const missing = join(folder, "missing.gguf");
    expect(await failure(missing)).toMatchObject({
      code: "MODEL_NOT_FOUND",
      message: `Cannot read the model ${missing}: there is no such file.`,
    });
    expect(await failure(folder)).toMatchObject({
      code: "MODEL_NOT_FOUND",
      message: expect.stringMatching(/it is not a file/),
    });
  });

  // Whoever is root may read everything, and Windows has no such permissions.
  test.skipIf(process.getuid?.() === 0 || process.platform === "win32")(
    "without permission",
    async () => {
      const path = await write("secret.gguf", ggufBytes(tinyLlama()));
      await chmod(path, 0o000);
      expect(await failure(path)).toMatchObject({
        code: "MODEL_NOT_FOUND",
        message: expect.stringMatching(/no permission/),
      });
    },
  );
});

describe("weights that are no numbers", () => {
  test("load where they are not looked for", async () => {
    const broken = brokenModels.find(({ code }) => code === "INVALID_WEIGHTS");
    const path = await write("nan.gguf", broken?.bytes() ?? new Uint8Array());
    await using model = await loadCria({ model: path, contextSize: 32, checkTensors: false });
    expect(model.id).toBe("nan");
  });
});

describe("a model in several files", () => {
  /** The tiny model in two files, as llama.cpp's gguf-split makes them. */
  async function writeParts(name: string): Promise<[string, string]> {
    const { metadata, tensors } = tinyLlama();
    const split = (part: number): Record<string, MetadataValue> => ({
      "split.no": ["u16", part],
      "split.count": ["u16", 2],
      "split.tensors.count": ["i32", tensors.length],
    });
    const first = { metadata: { ...metadata, ...split(0) }, tensors: tensors.slice(0, 9) };
    const second = { metadata: split(1), tensors: tensors.slice(9) };
    return [
      await write(`${name}-00001-of-00002.gguf`, ggufBytes(first)),
      await write(`${name}-00002-of-00002.gguf`, ggufBytes(second)),
    ];
  }

  test("loads by the first of them", async () => {
    const [first] = await writeParts("parts");
    await using model = await load(first);
    expect(model.id).toBe("parts");
  });

  test("is refused by the second, and says which one is missing or broken", async () => {
    const [first, second] = await writeParts("broken");
    expect(await failure(second)).toMatchObject({
      code: "INVALID_MODEL",
      message: `${second} cannot be loaded: it is part 2 of 2; give the first, ${first}.`,
    });
    await writeFile(second, (await readFile(second)).subarray(0, -1));
    expect(await failure(first)).toMatchObject({
      code: "MODEL_TRUNCATED",
      message: expect.stringContaining(`${second} is cut short`),
    });
    await rm(second);
    expect(await failure(first)).toMatchObject({
      code: "MODEL_NOT_FOUND",
      message: `Cannot read the model ${second}: there is no such file.`,
    });
  });

  test("must have the names that llama.cpp looks for", async () => {
    const [first] = await writeParts("renamed");
    const path = join(folder, "other.gguf");
    await rename(first, path);
    expect(await failure(path)).toMatchObject({
      code: "INVALID_MODEL",
      message: expect.stringContaining("must be called <name>-00001-of-00002.gguf"),
    });
  });
});
