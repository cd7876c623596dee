import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ggufBytes } from "../../../packages/inference/test/support/gguf-file.ts";
import { loraFile } from "../../../packages/inference/test/support/lora-file.ts";

/** Writes a LoRA adapter for Cria, of random numbers so large that it changes every answer, and the same each time. */
export async function writeAdapter(folder: string, name = "noise.gguf"): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, ggufBytes(loraFile()));
  return path;
}
