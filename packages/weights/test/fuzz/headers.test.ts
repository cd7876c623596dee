import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { getHeapStatistics } from "node:v8";
import { criaModelPath } from "@llama2-kit/cria";
import { expect, it } from "vitest";
import {
  type ModelWeights,
  memoryTensor,
  openGguf,
  openLlama2c,
  openSafetensors,
  WeightsError,
  writeGguf,
  writeSafetensors,
} from "../../src/index.ts";
import { rowsAndColumns, tensorBytes } from "../../src/tensors/tensor-source.ts";
import { createRandom } from "../quantize/random.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";
import { writeLlama2c } from "../support/tiny-llama2c.ts";

const path = useTemporaryFolder();

/** How many files of each format are mutated. `FUZZ=100000` tries more. */
const MUTATIONS = Number(process.env["FUZZ"] ?? 10_000);

/** What reading a mutated header may take beside the file's own size. */
const ALLOWED_BYTES = 64 * 2 ** 20;

interface Format {
  /** Makes files to change, small ones: nothing but their headers is looked at. */
  readonly make: () => Promise<Uint8Array[]>;
  readonly open: (path: string) => Promise<ModelWeights>;
  /** Where the header ends, about. */
  readonly headerBytes: number;
}

/** A header with all that Cria's has, but for its vocabulary, which is cut short: what follows it shall change often, too. */
async function smallGguf(): Promise<Uint8Array[]> {
  const model = await openGguf(criaModelPath);
  const metadata = new Map(model.metadata);
  const tokens = metadata.get("tokenizer.ggml.tokens")?.value as string[];
  const [text, f32, i32] = [
    { elements: "string", value: tokens.slice(0, 40) },
    { elements: "f32", value: new Float32Array(40) },
    { elements: "i32", value: new Int32Array(40) },
  ] as const;
  metadata.set("tokenizer.ggml.tokens", { type: "array", ...text });
  metadata.set("tokenizer.ggml.scores", { type: "array", ...f32 });
  metadata.set("tokenizer.ggml.token_type", { type: "array", ...i32 });
  const tensors = [...model.tensors.values()].slice(1, 6).map(({ name, type }) => {
    const shape = [2, 32];
    return memoryTensor({ name, type, shape, bytes: new Uint8Array(tensorBytes(type, shape)) });
  });
  await writeGguf(path("small.gguf"), { metadata, tensors }, { overwrite: true });
  await model.close();
  return [await readFile(path("small.gguf"))];
}

async function smallSafetensors(): Promise<Uint8Array[]> {
  const tensors = Array.from({ length: 6 }, (_, index) =>
    memoryTensor({
      name: `model.layers.${index}.weight`,
      shape: [4, 8],
      type: "F16",
      bytes: new Uint8Array(64),
    }),
  );
  await writeSafetensors(path("small.safetensors"), tensors, { overwrite: true });
  return [await readFile(path("small.safetensors"))];
}

/** One of each version. */
function smallLlama2c(): Promise<Uint8Array[]> {
  const [hidden, heads, kvHeads] = [32, 4, 2];
  const sizes = { hidden, heads, kvHeads, feedForward: 32, layers: 2, vocabulary: 8 };
  return Promise.all(
    ([0, 1, 2] as const).map(async (version) =>
      readFile(await writeLlama2c(path(`small.v${version}.bin`), version, true, sizes)),
    ),
  );
}

const FORMATS: Record<string, Format> = {
  gguf: { make: smallGguf, open: openGguf, headerBytes: 3000 },
  safetensors: { make: smallSafetensors, open: openSafetensors, headerBytes: 560 },
  llama2c: { make: smallLlama2c, open: openLlama2c, headerBytes: 42 },
};

/** Numbers that break readers: signs, limits, and what multiplies to more than memory. */
const NUMBERS = [
  0n,
  1n,
  0xffn,
  0x7fffffffn,
  0xffffffffn,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** A few bytes or numbers of the header changed; now and then the file is cut or made longer. */
function mutate(bytes: Uint8Array, headerBytes: number, random: () => number): Buffer {
  const below = (limit: number) => Math.floor(random() * limit);
  const end = Math.min(headerBytes, bytes.length);
  let mutated = Buffer.from(bytes);
  for (let changes = 1 + below(3); changes > 0; changes--) {
    const at = below(end);
    const kind = below(6);
    if (kind < 2) mutated[at] = below(256);
    else if (kind === 2) mutated[at] = (mutated[at] as number) ^ (1 << below(8));
    else if (kind === 3 && at + 8 <= mutated.length)
      mutated.writeBigUInt64LE(NUMBERS[below(NUMBERS.length)] ?? 0n, at);
    else if (kind === 4) mutated.copyWithin(at, below(end), below(end));
    else if (below(10) === 0)
      mutated = Buffer.from(mutated.subarray(0, Math.max(8, below(mutated.length))));
  }
  return mutated;
}

it.each(Object.entries(FORMATS))(
  "refuses or reads %s whatever its header says",
  async (name, { make, open: read, headerBytes }) => {
    const originals = await make();
    const random = createRandom(7);
    const file = path(`mutated.${name}`);
    const outcomes = { read: 0, refused: 0 };
    let most = 0;
    // Written at once: asked for by promises, writing takes longer than reading.
    const descriptor = openSync(file, "w+");
    for (let turn = 0; turn < MUTATIONS; turn++) {
      const original = originals[turn % originals.length] as Uint8Array;
      const bytes = mutate(original, headerBytes, random);
      if (fstatSync(descriptor).size > bytes.length) ftruncateSync(descriptor, bytes.length);
      writeSync(descriptor, bytes, 0, bytes.length, 0);
      const before = memory();
      try {
        const model = await read(file);
        most = Math.max(most, memory() - before);
        await checkRead(model, bytes.length);
        outcomes.read++;
      } catch (error) {
        most = Math.max(most, memory() - before);
        if (!WeightsError.isInstance(error))
          throw new Error(`mutation ${turn} of ${name}`, { cause: error });
        outcomes.refused++;
      }
    }
    closeSync(descriptor);
    const largest = Math.max(...originals.map(({ length }) => length));
    expect(most).toBeLessThan(largest + ALLOWED_BYTES);
    // Both must happen, or the mutations miss what they are for.
    expect(outcomes.read).toBeGreaterThan(MUTATIONS / 100);
    expect(outcomes.refused).toBeGreaterThan(MUTATIONS / 100);
  },
  600_000,
);

function memory(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

/** What was read must be readable: every tensor within the file, for one by reading its last row. */
async function checkRead(model: ModelWeights, fileBytes: number): Promise<void> {
  try {
    const largest = Math.max(...[...model.tensors.values()].map(({ byteLength }) => byteLength));
    // A weight of llama2.c's 8 bits is read as a number of 32.
    if (largest > 4 * fileBytes) throw new Error(`a tensor of ${largest} bytes`);
    const last = [...model.tensors.values()].at(-1);
    if (last === undefined || last.byteLength === 0) return;
    const bytesPerRow = last.byteLength / rowsAndColumns(last.shape).rows;
    await last.read(last.byteLength - bytesPerRow, bytesPerRow);
  } finally {
    await model.close();
  }
}
