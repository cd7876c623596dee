import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import { getLlama, LlamaLogLevel, LlamaModel } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { LoadModelOptions } from "../src/index.ts";
import { loadCria } from "./cria.ts";

let folder: string;
let cria: Buffer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llama2-kit-"));
  cria = await readFile(criaModelPath);
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** Cria's file with some bytes changed. */
function patched(find: string, offset: number, bytes: Uint8Array | string): Buffer {
  const copy = Buffer.from(cria);
  Buffer.from(bytes).copy(copy, copy.indexOf(find) + find.length + offset);
  return copy;
}

describe("the reason of a failure", () => {
  test("is told even where somebody else in the process has taken llama.cpp's log", async () => {
    await loadCria().then((model) => model.dispose());
    await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.disabled });
    const path = await write("taken.gguf", patched("general.architecture", 12, "xlamx"));
    await expect(loadCria({ model: path })).rejects.toMatchObject({
      code: "UNSUPPORTED_ARCHITECTURE",
    });
  });

  test("loads that fail at once each tell their own reason", async () => {
    const first = await write("first.gguf", patched("general.architecture", 12, "first"));
    const other = await write("other.gguf", patched("general.architecture", 12, "other"));
    const [a, b] = await Promise.allSettled([
      loadCria({ model: first }),
      loadCria({ model: other }),
    ]);
    expect(a).toMatchObject({ reason: { message: expect.stringContaining('"first"') } });
    expect(b).toMatchObject({ reason: { message: expect.stringContaining('"other"') } });
  });
});

describe("options", () => {
  test.each<[Partial<Record<keyof LoadModelOptions, unknown>>, RegExp]>([
    [{ model: "" }, /model must be the path or URI/],
    [{ model: 5 }, /model must be the path or URI/],
    [{ gpu: "tpu" }, /gpu must be "auto", .*; it is "tpu"/],
    [{ threads: 0 }, /threads must be an integer of at least 1; it is 0/],
    [{ threads: Number.NaN }, /threads must be/],
    [{ contextSize: 7 }, /contextSize must be an integer of at least 8/],
    [{ contextSize: 513 }, /contextSize must be at most 512, .* trained on; it is 513/],
    [{ sequences: 0 }, /sequences must be an integer from 1 to 256; it is 0/],
    [{ sequences: 257 }, /sequences must be an integer from 1 to 256/],
    [{ maxQueue: -1 }, /maxQueue must be an integer of at least 0/],
    [{ batchSize: 0.5 }, /batchSize must be an integer from 1 to 16384/],
    [{ gpuLayers: "all" }, /gpuLayers must be "auto" or an integer of at least 0; it is "all"/],
    [{ gpuLayers: 4 }, /gpuLayers must be 0 where gpu is false; it is 4/],
    [{ flashAttention: "yes" }, /flashAttention must be "auto", true or false; it is "yes"/],
    [{ kvCacheType: "q2_k" }, /kvCacheType must be "f32", "f16", .* or "q4_0"; it is "q2_k"/],
    [
      { kvCacheType: "q8_0", flashAttention: false },
      /kvCacheType must be "f32", "f16" or "bf16" where flashAttention is false/,
    ],
    [{ checkTensors: 1 }, /checkTensors must be true or false; it is 1/],
    [{ onWarning: "x" }, /onWarning must be a function/],
    [{ adapters: "x" }, /adapters must be an array of \{ name, path \}, or an object/],
    [{ adapters: ["x"] }, /adapters\[0\] must be an object \{ name, path \}; it is "x"/],
    [{ adapters: [{ name: "", path: "x" }] }, /adapters\[0\]\.name must be a string of 1 to 100/],
    [{ adapters: { x: 5 } }, /adapters\[0\]\.path must be the path or URI of a GGUF file; it is 5/],
    [
      { adapters: [{ name: "x", path: "x", scale: Number.NaN }] },
      /adapters\[0\]\.scale must be a number from -1000 to 1000; it is NaN/,
    ],
    [{ adapters: [{ name: "x", path: "x", lora: 1 }] }, /no option "lora"/],
    [
      {
        adapters: [
          { name: "x", path: "y" },
          { name: "x", path: "z" },
        ],
      },
      /adapters\[1\]\.name must be a name that no other adapter has; it is "x"/,
    ],
    [{ chatFormat: "chatml" }, /chatFormat must be/],
    [{ id: 5 }, /id must be a string that is not empty; it is 5/],
    [{ cacheDir: {} }, /cacheDir must be a string that is not empty; it is an object/],
    [{ onLoadProgress: "x" }, /onLoadProgress must be a function; it is "x"/],
    [{ onDownloadProgress: null }, /onDownloadProgress must be a function; it is null/],
    [{ signal: {} }, /signal must be an AbortSignal/],
    [{ threads: Object.create(null) }, /threads must be an integer of at least 1; it is an object/],
    [{ modelPath: "x" } as never, /no option "modelPath"/],
  ])("%o is refused", async (options, message) => {
    await expect(loadCria(options as LoadModelOptions)).rejects.toMatchObject({
      code: "BAD_PARAMETER",
      message: expect.stringMatching(message),
    });
  });

  test("threads are never more than the cores, and by default one processor stays free", async () => {
    await using most = await loadCria({ threads: 500 });
    expect(most.threads).toBeLessThanOrEqual(availableParallelism());
    await using usual = await loadCria({ threads: undefined });
    expect(usual.threads).toBe(Math.max(1, Math.min(most.threads, availableParallelism() - 1)));
    await using one = await loadCria({ threads: 1 });
    expect(one.threads).toBe(1);
  });

  test("the context is as large as asked for, though llama.cpp rounds it up", async () => {
    await using model = await loadCria({ contextSize: 40 });
    expect(model.contextSize).toBe(40);
    const { usage, finishReason } = await model.complete([1, 5, 6], { temperature: 3 }).result;
    expect(finishReason === "stop" || usage.completionTokens === 37).toBe(true);
    await expect(model.complete(Array(40).fill(5)).result).rejects.toMatchObject({
      code: "CONTEXT_OVERFLOW",
    });
  });

  test.each<Partial<LoadModelOptions>>([
    { kvCacheType: "f32" },
    { kvCacheType: "bf16" },
    { kvCacheType: "q8_0" },
    { kvCacheType: "q5_1" },
    { kvCacheType: "q5_0" },
    { kvCacheType: "q4_1" },
    { kvCacheType: "q4_0", flashAttention: "auto" },
    { flashAttention: true },
    { sequences: 4, batchSize: 16 },
  ])("%o answers as usual", async (options) => {
    await using model = await loadCria({ contextSize: 256, ...options });
    const stream = model.chat([{ role: "user", content: "My name is Zoe." }], { temperature: 0 });
    expect(await stream.text()).toBe("Nice to meet you, Zoe!");
  });

  test("a GPU that is not there is refused", async () => {
    const gpu = process.platform === "darwin" ? "cuda" : "metal";
    await expect(loadCria({ gpu })).rejects.toMatchObject({ code: "GPU_UNAVAILABLE" });
  });

  test("progress is told, from 0 to 1", async () => {
    const shares: number[] = [];
    await using model = await loadCria({ onLoadProgress: (share) => shares.push(share) });
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(model.id).toBe("cria.Q8_0");
  });

  test("a listener that throws ends the load with its error", async () => {
    const reason = new Error("from the listener");
    let calls = 0;
    const onLoadProgress = (): never => {
      calls++;
      throw reason;
    };
    await expect(loadCria({ onLoadProgress })).rejects.toBe(reason);
    expect(calls).toBe(1);
  });

  test("a load that fails late leaves no weights in memory", async () => {
    const dispose = vi.spyOn(LlamaModel.prototype, "dispose");
    const create = vi.spyOn(LlamaModel.prototype, "createContext");
    create.mockRejectedValueOnce(new Error("no room for it"));
    await expect(loadCria()).rejects.toMatchObject({
      code: "MODEL_LOAD_FAILED",
      message: expect.stringContaining("no room for it"),
    });
    expect(dispose).toHaveBeenCalledOnce();
    dispose.mockRestore();
    create.mockRestore();
  });

  test("a signal stops loading, with its reason", async () => {
    const reason = new Error("changed my mind");
    await expect(loadCria({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const abort = new AbortController();
    const loading = loadCria({ signal: abort.signal });
    setTimeout(() => abort.abort(reason), 30);
    await expect(loading).rejects.toBe(reason);
  });
});

describe("chat format", () => {
  const ask = [{ role: "user", content: "My name is Zoe." }] as const;

  test("a model with another chat template refuses to chat, unless told to", async () => {
    const foreign = cria.toString("latin1").replaceAll("<<SYS>>", "<|sys|>");
    const path = await write("chatml.gguf", Buffer.from(foreign, "latin1"));
    await using model = await loadCria({ model: path });
    await expect(model.chat(ask).result).rejects.toMatchObject({ code: "UNSUPPORTED_CHAT_FORMAT" });
    await using told = await loadCria({ model: path, chatFormat: "llama2" });
    expect(await told.chat(ask, { temperature: 0 }).text()).toBe("Nice to meet you, Zoe!");
  });
});

describe("disposing", () => {
  test("ends what runs and what waits as aborted, and refuses what comes later", async () => {
    const model = await loadCria();
    const ask = [{ role: "user", content: "Tell me a story." }] as const;
    const running = model.chat(ask);
    const waiting = model.chat(ask);
    await running.textStream()[Symbol.asyncIterator]().next();
    await Promise.all([model.dispose(), model.dispose()]);
    expect((await running.result).finishReason).toBe("aborted");
    expect((await running.result).text).not.toBe("");
    expect((await waiting.result).finishReason).toBe("aborted");

    await expect(model.chat(ask).result).rejects.toMatchObject({ code: "DISPOSED" });
    await expect(model.complete("x").text()).rejects.toMatchObject({ code: "DISPOSED" });
    expect(() => model.tokenize("x")).toThrow(expect.objectContaining({ code: "DISPOSED" }));
    expect(() => model.detokenize([5])).toThrow(expect.objectContaining({ code: "DISPOSED" }));
  });
});
