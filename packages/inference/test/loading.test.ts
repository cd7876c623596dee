import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import { getLlama, LlamaLogLevel, LlamaModel } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { InferenceError, type LoadModelOptions } from "../src/index.ts";
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

const u64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};

describe("files that cannot be loaded give a typed error that names the file", () => {
  test.each<{ what: string; content: () => string | Uint8Array; code: string; message: RegExp }>([
    { what: "empty", content: () => "", code: "NOT_GGUF", message: /it is empty/ },
    { what: "text", content: () => "hello", code: "NOT_GGUF", message: /something else/ },
    {
      what: "an LFS pointer",
      content: () => "version https://git-lfs.github.com/spec/v1\n",
      code: "NOT_GGUF",
      message: /git lfs pull/,
    },
    { what: "a zip", content: () => "PK\u0003\u0004", code: "NOT_GGUF", message: /PyTorch/ },
    { what: "a web page", content: () => "<!doctype html>", code: "NOT_GGUF", message: /HTML/ },
    {
      what: "of version 9",
      content: () => patched("GGUF", 0, "\u0009"),
      code: "NOT_GGUF",
      message: /version 9/,
    },
    {
      what: "cut behind the counts",
      content: () => cria.subarray(0, 24),
      code: "MODEL_TRUNCATED",
      message: /ends within its header/,
    },
    {
      what: "cut in the magic",
      content: () => cria.subarray(0, 6),
      code: "MODEL_TRUNCATED",
      message: /ends within its header/,
    },
    {
      what: "cut in the metadata",
      content: () => cria.subarray(0, 100),
      code: "MODEL_TRUNCATED",
      message: /key-value pairs/,
    },
    {
      what: "cut in the vocabulary",
      content: () => cria.subarray(0, 300_000),
      code: "MODEL_TRUNCATED",
      message: /key-value pairs/,
    },
    {
      what: "cut in the tensor list",
      content: () => cria.subarray(0, 727_000),
      code: "MODEL_TRUNCATED",
      message: /tensor info/,
    },
    {
      what: "cut in a tensor",
      content: () => cria.subarray(0, 5_000_000),
      code: "MODEL_TRUNCATED",
      message: /tensor token_embd\.weight is incomplete/,
    },
    {
      what: "cut by its last byte",
      content: () => cria.subarray(0, -1),
      code: "MODEL_TRUNCATED",
      message: /tensor output_norm\.weight is incomplete/,
    },
    {
      what: "with 2^62 tensors",
      content: () => patched("GGUF", 4, u64(2n ** 62n)),
      code: "MODEL_TRUNCATED",
      message: /cut short or damaged/,
    },
    {
      what: "with 2^62 metadata entries",
      content: () => patched("GGUF", 12, u64(2n ** 62n)),
      code: "MODEL_TRUNCATED",
      message: /cut short or damaged/,
    },
    {
      what: "with a key of 2^61 bytes",
      content: () => patched("GGUF", 20, u64(2n ** 61n)),
      code: "MODEL_TRUNCATED",
      message: /impossible/,
    },
    {
      what: "with a vocabulary of 2^50 pieces",
      content: () => patched("tokenizer.ggml.tokens", 8, u64(2n ** 50n)),
      code: "MODEL_TRUNCATED",
      message: /cut short or damaged/,
    },
    {
      what: "of an unknown architecture",
      content: () => patched("general.architecture", 12, "xlamx"),
      code: "UNSUPPORTED_ARCHITECTURE",
      message: /"xlamx"/,
    },
    {
      what: "without a tensor it needs",
      content: () => patched("blk.0.attn_q.weigh", 0, "X"),
      code: "MODEL_LOAD_FAILED",
      message: /blk\.0\.attn_q\.weight/,
    },
  ])("$what", async ({ content, code, message }) => {
    const path = await write("bad.gguf", content());
    const error = await loadCria({ model: path }).catch((reason) => reason);
    expect(InferenceError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(error.message).toContain(path);
    expect(error.message).not.toContain("\n");
  });

  test("a path where there is nothing, and a folder", async () => {
    const missing = join(folder, "missing.gguf");
    await expect(loadCria({ model: missing })).rejects.toMatchObject({
      code: "MODEL_NOT_FOUND",
      message: `Cannot read the model ${missing}: there is no such file.`,
    });
    await expect(loadCria({ model: folder })).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  });

  test("the reason is told even where somebody else in the process has taken llama.cpp's log", async () => {
    await loadCria().then((model) => model.dispose());
    await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.disabled });
    const path = await write("taken.gguf", cria.subarray(0, 5_000_000));
    await expect(loadCria({ model: path })).rejects.toMatchObject({ code: "MODEL_TRUNCATED" });
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
    await expect(loadCria({ contextSize: 513 })).rejects.toThrow("contextSize");
    expect(dispose).toHaveBeenCalledOnce();
    dispose.mockRestore();
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
