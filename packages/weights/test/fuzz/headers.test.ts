import { open, readFile, writeFile } from "node:fs/promises";
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
import { createRandom } from "../quantize/random.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";
import { writeLlama2c } from "../support/tiny-llama2c.ts";

const path = useTemporaryFolder();

/** How many files of each format are mutated. `FUZZ=100000` tries more. */
const MUTATIONS = Number(process.env["FUZZ"] ?? 10_000);

/** What reading a mutated header may take beside the file's own size. */
const ALLOWED_BYTES = 64 * 2 ** 20;

interface Format {
  readonly make: () => Promise<Uint8Array>;
  readonly open: (path: string) => Promise<ModelWeights>;
  /** Where the header ends, about. */
  readonly headerBytes: number;
}

/** The tail of Cria's header has its list of tensors, so its vocabulary is cut short to reach both often. */
async function smallGguf(): Promise<Uint8Array> {
  const model = await openGguf(criaModelPath);
  const metadata = new Map(model.metadata);
  const tokens = metadata.get("tokenizer.ggml.tokens")?.value as string[];
  metadata.set("tokenizer.ggml.tokens", {
    type: "array",
    elements: "string",
    value: tokens.slice(0, 40),
  });
  metadata.set("tokenizer.ggml.scores", {
    type: "array",
    elements: "f32",
    value: new Float32Array(40),
  });
  metadata.set("tokenizer.ggml.token_type", {
    type: "array",
    elements: "i32",
    value: new Int32Array(40),
  });
  const tensors = [...model.tensors.values()].slice(1, 6);
  await writeGguf(path("small.gguf"), { metadata, tensors }, { overwrite: true });
  await model.close();
  return readFile(path("small.gguf"));
}

async function smallSafetensors(): Promise<Uint8Array> {
  const tensors = Array.from({ length: 6 }, (_, index) =>
    memoryTensor({
      name: `model.layers.${index}.weight`,
      shape: [4, 8],
      type: "F16",
      bytes: new Uint8Array(64),
    }),
  );
  await writeSafetensors(path("small.safetensors"), tensors, { overwrite: true });
  return readFile(path("small.safetensors"));
}

const FORMATS: Record<string, Format> = {
  gguf: { make: smallGguf, open: openGguf, headerBytes: 3000 },
  safetensors: { make: smallSafetensors, open: openSafetensors, headerBytes: 560 },
  llama2c: {
    make: async () => readFile(await writeLlama2c(path("small.bin"))),
    open: openLlama2c,
    headerBytes: 28,
  },
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
    const original = await make();
    const random = createRandom(7);
    const file = path(`mutated.${name}`);
    const outcomes = { read: 0, refused: 0 };
    let most = 0;
    await writeFile(file, original);
    const handle = await open(file, "r+");
    for (let turn = 0; turn < MUTATIONS; turn++) {
      const bytes = mutate(original, headerBytes, random);
      await handle.truncate(bytes.length);
      await handle.write(bytes, 0, bytes.length, 0);
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
    await handle.close();
    expect(most).toBeLessThan(original.length + ALLOWED_BYTES);
    // Both must happen, or the mutations miss what they are for.
    expect(outcomes.read).toBeGreaterThan(MUTATIONS / 100);
    expect(outcomes.refused).toBeGreaterThan(MUTATIONS / 100);
  },
  600_000,
);

function memory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What was read must be readable: every tensor within the file, for one by reading its last byte. */
async function checkRead(model: ModelWeights, fileBytes: number): Promise<void> {
  try {
    for (const tensor of model.tensors.values()) {
      expect(tensor.byteLength).toBeLessThanOrEqual(fileBytes);
    }
    const last = [...model.tensors.values()].at(-1);
    if (last !== undefined && last.byteLength > 0) await last.read(last.byteLength - 1, 1);
  } finally {
    await model.close();
  }
}
