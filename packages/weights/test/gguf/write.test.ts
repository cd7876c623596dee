import { readdir, readFile, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { memoryTensor, type TensorSource, writeGguf, writeSafetensors } from "../../src/index.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const path = useTemporaryFolder();

/** A tensor of 64 MB that does something after its first chunk. */
function large(afterFirst: () => void): TensorSource {
  let reads = 0;
  return {
    name: "large",
    shape: [16, 2 ** 20],
    type: "F32",
    byteLength: 2 ** 26,
    async read(_offset, length, into = new Uint8Array(length)) {
      if (++reads === 3) afterFirst();
      return into.subarray(0, length);
    },
  };
}

const WRITERS = {
  gguf: (file: string, tensors: TensorSource[], options = {}) =>
    writeGguf(file, { metadata: new Map(), tensors }, options),
  safetensors: (file: string, tensors: TensorSource[], options = {}) =>
    writeSafetensors(file, tensors, options),
};

it.each(Object.entries(WRITERS))(
  "leaves nothing of a %s that is aborted",
  async (format, write) => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const tensors = [large(() => controller.abort(reason))];
    await expect(
      write(path(`aborted.${format}`), tensors, { signal: controller.signal }),
    ).rejects.toBe(reason);
    expect((await readdir(path())).filter((name) => name.includes("aborted"))).toEqual([]);
  },
);

it.each(Object.entries(WRITERS))("leaves nothing of a %s that fails", async (format, write) => {
  const tensors = [
    large(() => {
      throw new Error("the disk is gone");
    }),
  ];
  await expect(write(path(`failed.${format}`), tensors)).rejects.toThrow("the disk is gone");
  expect((await readdir(path())).filter((name) => name.includes("failed"))).toEqual([]);
});

it.each(Object.entries(WRITERS))(
  "overwrites a %s only when asked to, and then as a whole",
  async (format, write) => {
    const file = path(`existing.${format}`);
    await writeFile(file, "before");
    await expect(write(file, [])).rejects.toMatchObject({ code: "OUTPUT_EXISTS" });
    const failing = [
      large(() => {
        throw new Error("no");
      }),
    ];
    await expect(write(file, failing, { overwrite: true })).rejects.toThrow("no");
    expect(await readFile(file, "utf8")).toBe("before");
    await write(file, [], { overwrite: true });
    expect(await readFile(file, "utf8")).not.toBe("before");
  },
);

it.each(Object.entries(WRITERS))(
  "tells how far a %s has come, to the end",
  async (format, write) => {
    const told: { done: number; total: number }[] = [];
    const file = path(`progress.${format}`);
    await write(file, [large(() => {})], {
      onProgress: (progress: { done: number; total: number }) => told.push(progress),
    });
    const { length } = await readFile(file);
    expect(told.length).toBeGreaterThan(10);
    expect(told.at(-1)).toEqual({ done: length, total: length });
    expect(told.every(({ done }, index) => done >= (told[index - 1]?.done ?? 0))).toBe(true);
  },
);

it("refuses what a GGUF cannot hold", async () => {
  const tensor = (name: string, type: "U8" | "F32", shape = [4]) =>
    memoryTensor({ name, shape, type, bytes: new Uint8Array(16) });
  const write = (...tensors: TensorSource[]) => WRITERS.gguf(path("never.gguf"), tensors);
  await expect(write(tensor("a", "U8"))).rejects.toThrow(/a is of type U8/);
  await expect(write(tensor("a", "F32"), tensor("a", "F32"))).rejects.toThrow(/a is there twice/);
  await expect(write(tensor("a".repeat(64), "F32"))).rejects.toThrow(/more than 63 bytes/);
  await expect(write(tensor("a", "F32", [1, 1, 1, 1, 4]))).rejects.toThrow(/5 dimensions/);
});

it("refuses a tensor that gives other bytes than it says", async () => {
  const liar: TensorSource = { ...large(() => {}), read: async () => new Uint8Array(8) };
  await expect(WRITERS.gguf(path("liar.gguf"), [liar])).rejects.toMatchObject({
    code: "BAD_TENSOR",
  });
});
