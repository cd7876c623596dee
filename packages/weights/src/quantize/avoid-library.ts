import { WeightsError } from "../error.ts";
import type { TensorType } from "../tensors/tensor-type.ts";
import { loadEncoder } from "./codecs.ts";
import type { FileType } from "./file-type.ts";

/** Types of files that but for the output's matrix are made without ggml's library. */
const NEED_LIBRARY_FOR_OUTPUT: readonly FileType[] = ["Q4_0", "Q4_1"];

/**
 * Gives the output's matrix 8 bits instead of 6 where only that would need ggml's library, and it is not there.
 *
 * @param planned - the type of each tensor, which is changed
 * @param type - what the whole is to be
 * @param libDir - a folder that was named for the library: what is missing there is an error
 * @returns whether it had to
 */
export async function avoidLibrary(
  planned: Map<string, TensorType>,
  type: FileType,
  libDir: string | undefined,
): Promise<boolean> {
  const six = [...planned].filter(([, chosen]) => chosen === "Q6_K");
  if (!NEED_LIBRARY_FOR_OUTPUT.includes(type) || six.length === 0) return false;
  if (libDir !== undefined) return false;
  try {
    await loadEncoder("Q6_K");
    return false;
  } catch (error) {
    if (!WeightsError.isInstance(error) || error.code !== "MISSING_LIBRARY") throw error;
    for (const [name] of six) planned.set(name, "Q8_0");
    return true;
  }
}
