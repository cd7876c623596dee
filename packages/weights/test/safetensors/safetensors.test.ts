import { mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import {
  memoryTensor,
  openSafetensors,
  type TensorSource,
  writeSafetensors,
  writeShards,
} from "../../src/index.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const path = useTemporaryFolder();

/** A file by its header, as JSON or as text, and the bytes behind it. */
function file(header: unknown, dataBytes = 16): Buffer {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataBytes, 5)]);
}

const tensor = (begin: number, end: number, shape: unknown = [(end - begin) / 4]) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

it("gives a file back byte by byte", async () => {
  const header = {
    __metadata__: { format: "pt", by: "a test" },
    "model.embed_tokens.weight": { dtype: "BF16", shape: [2, 3], data_offsets: [0, 12] },
    scalar: { dtype: "F32", shape: [], data_offsets: [12, 16] },
  };
  const json = JSON.stringify(header);
  const bytes = file(json.padEnd(Math.ceil(json.length / 8) * 8));
  await writeFile(path("in.safetensors"), bytes);
  const model = await openSafetensors(path("in.safetensors"));
  await writeSafetensors(path("out.safetensors"), model.tensors.values(), {
    metadata: Object.fromEntries(
      [...model.metadata].map(([key, { value }]) => [key, String(value)]),
    ),
  });
  await model.close();
  expect((await readFile(path("out.safetensors"))).equals(bytes)).toBe(true);
});

it("reads tensors that stand gigabytes behind each other", async () => {
  const [first, second] = [3 * 2 ** 30, 5 * 2 ** 30];
  const header = {
    a: { ...tensor(0, first) },
    b: { ...tensor(first, second, [2 ** 15, 2 ** 14]) },
  };
  const bytes = file(header, 0);
  await writeFile(path("large.safetensors"), bytes);
  // Its weights take no room on the disk: nothing was written there.
  await truncate(path("large.safetensors"), bytes.length + second);
  const model = await openSafetensors(path("large.safetensors"));
  expect(await model.tensors.get("b")?.read(2 ** 31 - 4, 4)).toEqual(new Uint8Array(4));
  await model.close();
});

function numbered(count: number): TensorSource[] {
  return Array.from({ length: count }, (_, index) =>
    memoryTensor({
      name: `tensor ${index}`,
      shape: [10],
      type: "U8",
      bytes: new Uint8Array(10).fill(index),
    }),
  );
}

it("writes and reads several files with an index", async () => {
  await mkdir(path("shards"));
  await writeShards(path("shards"), numbered(5), { shardBytes: 25 });
  expect(await readdir(path("shards"))).toEqual([
    "model-00001-of-00003.safetensors",
    "model-00002-of-00003.safetensors",
    "model-00003-of-00003.safetensors",
    "model.safetensors.index.json",
  ]);
  const index = JSON.parse(await readFile(path("shards", "model.safetensors.index.json"), "utf8"));
  expect(index.metadata).toEqual({ total_size: 50 });
  expect(index.weight_map["tensor 4"]).toBe("model-00003-of-00003.safetensors");
  for (const place of [path("shards"), path("shards", "model.safetensors.index.json")]) {
    const model = await openSafetensors(place);
    expect([...model.tensors.keys()]).toEqual(numbered(5).map(({ name }) => name));
    expect(await model.tensors.get("tensor 3")?.read(2, 3)).toEqual(Uint8Array.from([3, 3, 3]));
    await model.close();
  }
});

it("keeps a tensor that has the name of every object's prototype", async () => {
  await mkdir(path("prototype"));
  const tensors = numbered(2).map((one, index) =>
    index === 0 ? { ...one, name: "__proto__" } : one,
  );
  await writeShards(path("prototype"), tensors, { shardBytes: 10 });
  const index = await readFile(path("prototype", "model.safetensors.index.json"), "utf8");
  expect(index).toContain('"__proto__": "model-00001-of-00002.safetensors"');
  const model = await openSafetensors(path("prototype"));
  expect([...model.tensors.keys()]).toEqual(["__proto__", "tensor 1"]);
  await model.close();
});

const HOSTILE: [what: string, bytes: Uint8Array, message: RegExp][] = [
  ["nothing", new Uint8Array(), /ends within its header/],
  ["a header beyond the file", Buffer.alloc(64, 0xff), /a header of 18446744073709552000/],
  ["a header that is not JSON", file("{oops"), /is not JSON/],
  [
    "a header that is not UTF-8",
    Buffer.concat([file("").subarray(0, 8).fill(2, 0, 1), Buffer.from([0x7b, 0xff])]),
    /not JSON/,
  ],
  ["a header that is a list", file([]), /is not a JSON object/],
  [
    "a header of brackets",
    file(`${"[".repeat(2_000_000)}`),
    /more than 1048576 commas and brackets/,
  ],
  ["a tensor that is a number", file({ a: 5 }), /tensor a is 5/],
  ["an unknown type", file({ a: { ...tensor(0, 16), dtype: "Q9" } }), /type "Q9"/],
  ["a type of GGUF's", file({ a: { ...tensor(0, 16), dtype: "Q8_0" } }), /type "Q8_0"/],
  ["a negative size", file({ a: tensor(0, 16, [-4]) }), /shape that cannot be/],
  ["a broken size", file({ a: tensor(0, 16, [0.5]) }), /shape that cannot be/],
  ["a huge shape", file({ a: tensor(0, 16, [2 ** 30, 2 ** 30]) }), /shape that cannot be/],
  ["offsets that are none", file({ a: { ...tensor(0, 16), data_offsets: [0] } }), /no two numbers/],
  [
    "offsets turned round",
    file({ a: { ...tensor(0, 16), data_offsets: [16, 0] } }),
    /from 16 to 0/,
  ],
  ["a tensor shorter than its shape", file({ a: tensor(0, 16, [5]) }), /needs 20 bytes/],
  ["tensors one upon the other", file({ a: tensor(0, 16), b: tensor(8, 16) }), /overlaps another/],
  ["a gap", file({ a: tensor(8, 16) }), /leaves a gap/],
  ["a tensor beyond the file", file({ a: tensor(0, 32) }), /take 32 bytes, and it has 16/],
  ["bytes of no tensor", file({ a: tensor(0, 12) }), /take 12 bytes, and it has 16/],
  [
    "metadata that is no text",
    file({ __metadata__: { a: 1 }, a: tensor(0, 16) }),
    /"a" is no text/,
  ],
  ["a name that steers a terminal", file({ "\u001b[2J": tensor(0, 16) }), /a tensor is called/],
];

it.each(HOSTILE)("refuses %s", async (what, bytes, message) => {
  const name = path(`${what}.safetensors`);
  await writeFile(name, bytes);
  const error = await openSafetensors(name).catch((reason) => reason);
  expect(error.name).toBe("WeightsError");
  expect(error.message).toMatch(message);
});

const INDEXES: [what: string, index: unknown, message: RegExp][] = [
  ["without a map", {}, /no weight_map/],
  ["to a file elsewhere", { weight_map: { a: "../in.safetensors" } }, /files beside it/],
  ["to another kind of file", { weight_map: { a: "config.json" } }, /files beside it/],
  ["to a tensor that is not there", { weight_map: { b: "in.safetensors" } }, /lacks tensor b/],
  ["to a file that is not there", { weight_map: { a: "none.safetensors" } }, /no such file/],
];

it.each(INDEXES)("refuses an index %s", async (_what, index, message) => {
  await writeFile(path("in.safetensors"), file({ a: tensor(0, 16) }));
  await writeFile(path("model.safetensors.index.json"), JSON.stringify(index));
  await expect(openSafetensors(path("model.safetensors.index.json"))).rejects.toThrow(message);
});

it("names PyTorch's files where a folder has nothing else", async () => {
  await mkdir(path("pickled"));
  await writeFile(path("pickled", "pytorch_model.bin"), "");
  await expect(openSafetensors(path("pickled"))).rejects.toThrow(
    /pytorch_model.bin, which is not read here/,
  );
  await expect(openSafetensors(path("nowhere"))).rejects.toMatchObject({ code: "NOT_FOUND" });
});
