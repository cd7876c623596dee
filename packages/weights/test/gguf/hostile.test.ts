import { writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { openGguf } from "../../src/index.ts";
import { entry, ggufBytes, tensorInfo, text, u32, u64 } from "../support/gguf-bytes.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const path = useTemporaryFolder();
const data = Buffer.alloc(256);
const row = (name: string, offset: number) => tensorInfo(name, [8], 0, offset);

const HOSTILE: [what: string, bytes: Uint8Array, message: RegExp][] = [
  ["nothing", new Uint8Array(), /ends within its header/],
  ["another file", Buffer.alloc(64, "x"), /does not begin with GGUF/],
  ["version 1", ggufBytes({ version: 1 }), /of version 1/],
  ["a big-endian file", ggufBytes({ version: 0x03000000 }), /big-endian/],
  ["too many tensors", ggufBytes({ tensorCount: 2n ** 40n }), /1099511627776 tensors/],
  [
    "more tensors than bytes",
    ggufBytes({ tensorCount: 1000n, data }),
    /1000 tensors by its header, more than/,
  ],
  [
    "an impossible count",
    ggufBytes({ entryCount: 2n ** 64n - 1n }),
    /a length in its header is impossible/,
  ],
  [
    "more entries than bytes",
    ggufBytes({ entryCount: 5000n }),
    /5000 entries of metadata by its header/,
  ],
  [
    "a key twice",
    ggufBytes({ entries: [entry("a", 4, u32(1)), entry("a", 4, u32(1))] }),
    /has a twice/,
  ],
  [
    "a key that steers a terminal",
    ggufBytes({ entries: [entry("\u001b[2J", 4, u32(1))] }),
    /a name in its metadata/,
  ],
  [
    "a type of value that is none",
    ggufBytes({ entries: [entry("a", 13, u32(1))] }),
    /unknown type 13/,
  ],
  [
    "a truth of 2",
    ggufBytes({ entries: [entry("a", 7, Buffer.from([2]))] }),
    /a truth value .* is 2/,
  ],
  [
    "an array of arrays",
    ggufBytes({ entries: [entry("a", 9, u32(9), u64(1))] }),
    /array of arrays/,
  ],
  [
    "an array beyond the file",
    ggufBytes({ entries: [entry("a", 9, u32(4), u64(2n ** 26n))] }),
    /items in an array by/,
  ],
  [
    "texts beyond the file",
    ggufBytes({ entries: [entry("a", 9, u32(8), u64(2n ** 19n))] }),
    /texts in an array by/,
  ],
  [
    "too many texts",
    ggufBytes({ entries: [entry("a", 9, u32(8), u64(2n ** 30n))] }),
    /are read at most/,
  ],
  [
    "a text that is not UTF-8",
    ggufBytes({ entries: [entry("a", 8, text(Buffer.from([0xff])))] }),
    /not UTF-8/,
  ],
  [
    "a text beyond the file",
    ggufBytes({ entries: [entry("a", 8, u64(1000))] }),
    /ends within its metadata \(a\)/,
  ],
  [
    "an alignment of 3",
    ggufBytes({ entries: [entry("general.alignment", 4, u32(3))] }),
    /not a power of 2/,
  ],
  [
    "an alignment of 0",
    ggufBytes({ entries: [entry("general.alignment", 4, u32(0))] }),
    /not a power of 2/,
  ],
  [
    "an alignment of gigabytes, which a copy would fill",
    ggufBytes({ entries: [entry("general.alignment", 4, u32(2 ** 31))] }),
    /not a power of 2 up to 65536/,
  ],
  [
    "a tensor twice",
    ggufBytes({ tensors: [row("a", 0), row("a", 32)], data }),
    /has tensor a twice/,
  ],
  [
    "five dimensions",
    ggufBytes({ tensors: [tensorInfo("a", [1, 1, 1, 1, 1], 0, 0)], data }),
    /5 dimensions/,
  ],
  [
    "a type that is none",
    ggufBytes({ tensors: [tensorInfo("a", [8], 4, 0)], data }),
    /unknown type 4/,
  ],
  [
    "rows of half a block",
    ggufBytes({ tensors: [tensorInfo("a", [48], 8, 0)], data }),
    /Q8_0 holds 32 at a time/,
  ],
  [
    "an impossible shape",
    ggufBytes({ tensors: [tensorInfo("a", [2n ** 40n, 2n ** 40n], 0, 0)], data }),
    /impossible/,
  ],
  [
    "tensors one upon the other",
    ggufBytes({ tensors: [row("a", 0), row("b", 0)], data }),
    /a and b overlap/,
  ],
  ["a tensor beside its place", ggufBytes({ tensors: [row("a", 4)], data }), /no multiple of 32/],
  [
    "a tensor beyond the file",
    ggufBytes({ tensors: [row("a", 256)], data }),
    /tensor a is incomplete/,
  ],
  [
    "a name without end",
    ggufBytes({ tensors: [tensorInfo("a".repeat(64), [8], 0, 0)], data }),
    /has 64 bytes/,
  ],
];

it.each(HOSTILE)("refuses %s", async (what, bytes, message) => {
  const file = path(`${what}.gguf`);
  await writeFile(file, bytes);
  const error = await openGguf(file).catch((reason) => reason);
  expect(error.name).toBe("WeightsError");
  expect(error.message).toMatch(message);
  expect(error.message).toContain(file);
});

it("refuses a file that is not there, and a folder", async () => {
  await expect(openGguf(path("none.gguf"))).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(openGguf(path())).rejects.toMatchObject({ code: "NOT_FOUND" });
});
