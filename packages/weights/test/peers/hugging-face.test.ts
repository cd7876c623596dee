// Hugging Face's own readers, held against the files that are written here.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gguf } from "@huggingface/gguf";
import { parseSafetensorsMetadata } from "@huggingface/hub";
import { expect, it } from "vitest";
import { ggufToHuggingFace, openGguf, openSafetensors, quantizeModel } from "../../src/index.ts";
import { writeLlama } from "../quantize/made-llama.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const path = useTemporaryFolder();

it.each(["F16", "Q8_0", "Q4_0"] as const)(
  "a GGUF of %s is read by @huggingface/gguf",
  async (type) => {
    const input = await writeLlama(path(`${type}.source.gguf`));
    const file = path(`${type}.gguf`);
    await quantizeModel({ input, output: file, type });
    const theirs = await gguf(file, { allowLocalFile: true, typedMetadata: true });
    const ours = await openGguf(file);
    await ours.close();
    const shapes = theirs.tensorInfos.map(({ name, shape }) => [name, shape.map(Number).reverse()]);
    expect(shapes).toEqual([...ours.tensors.values()].map(({ name, shape }) => [name, [...shape]]));
    for (const [key, entry] of ours.metadata) {
      const found = theirs.typedMetadata[key]?.value;
      const wanted =
        entry.type === "array" ? Array.from(entry.value as ArrayLike<unknown>) : entry.value;
      expect(Array.isArray(found) ? found.map(plain) : plain(found), key).toEqual(
        Array.isArray(wanted) ? wanted.map(plain) : plain(wanted),
      );
    }
  },
);

/** Their numbers of 64 bits are bigints, where ours may be numbers. */
function plain(value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

it.each([
  ["one file", undefined],
  ["several files", 50_000],
])("safetensors in %s are read by @huggingface/hub", async (what, shardBytes) => {
  const input = await writeLlama(path(`${what}.gguf`));
  const folder = path(what);
  await ggufToHuggingFace({ input, output: folder, type: "BF16", shardBytes });
  const theirs = await parseSafetensorsMetadata({
    repo: "zoe/mine",
    computeParametersCount: true,
    fetch: serve(folder),
  });
  expect(theirs.sharded).toBe(shardBytes !== undefined);
  const headers = theirs.sharded ? Object.values(theirs.headers) : [theirs.header];
  const found = headers.flatMap((header) =>
    Object.entries(header).filter(([name]) => name !== "__metadata__"),
  );
  const ours = await openSafetensors(folder);
  await ours.close();
  const tensors = [...ours.tensors.values()];
  expect(new Map(found.map(([name, { dtype, shape }]) => [name, { dtype, shape }]))).toEqual(
    new Map(tensors.map(({ name, type, shape }) => [name, { dtype: type, shape }])),
  );
  const parameters = tensors.reduce((sum, { byteLength }) => sum + byteLength / 2, 0);
  expect(theirs.parameterCount).toEqual({ BF16: parameters });
});

/** What the hub would answer, for files of a folder: all of one, or a range of its bytes. */
function serve(folder: string): typeof fetch {
  return async (input, init) => {
    const name = new URL(String(input instanceof Request ? input.url : input)).pathname
      .split("/")
      .at(-1);
    const bytes = await readFile(join(folder, String(name))).catch(() => undefined);
    if (bytes === undefined) return new Response(null, { status: 404 });
    const range = /^bytes=(\d+)-(\d+)$/.exec(new Headers(init?.headers).get("range") ?? "");
    const [from, to] = range ? [Number(range[1]), Number(range[2])] : [0, bytes.length - 1];
    const part = bytes.subarray(from, to + 1);
    const headers = {
      etag: '"1"',
      "content-length": String(part.length),
      "content-range": `bytes ${from}-${from + part.length - 1}/${bytes.length}`,
    };
    return new Response(part, { status: range ? 206 : 200, headers });
  };
}
