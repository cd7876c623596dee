import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

/** How many samples of a file are looked at, and how many bytes each has. */
const SAMPLES = 64;
const SAMPLE_BYTES = 2 ** 13;

/**
 * A hash that tells a model's or an adapter's file from others: of its size, its beginning, its end, and places in
 * between, as models that were fine-tuned from the same one may have both of these in common.
 */
export async function fingerprintFile(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const hash = createHash("sha256").update(String(size));
    const buffer = Buffer.alloc(SAMPLE_BYTES);
    const last = Math.max(0, size - SAMPLE_BYTES);
    for (let sample = 0; sample < SAMPLES; sample++) {
      const position = Math.floor((last * sample) / (SAMPLES - 1));
      const { bytesRead } = await file.read(buffer, 0, SAMPLE_BYTES, position);
      hash.update(buffer.subarray(0, bytesRead));
    }
    return hash.digest("hex");
  } finally {
    await file.close();
  }
}
