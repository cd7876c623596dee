import { WeightsError } from "../error.ts";
import { readSmallFile } from "../files/open-file.ts";
import { type JsonObject, parseJsonObject } from "../files/parse-json.ts";

/** Bytes of a `tokenizer.json`: Llama 2's has 1.8 MB, the largest of its kind some 17 MB. */
const MAX_BYTES: number = 2 ** 25;

/** Commas and brackets. Llama 2's `tokenizer.json` has 100,000, or 300,000 where merges are pairs. */
const MAX_MARKS: number = 2 ** 20;

/**
 * Reads a JSON file of a Hugging Face folder.
 *
 * @throws WeightsError `NOT_FOUND` or `BAD_CONFIG`
 */
export async function readJson(path: string): Promise<JsonObject> {
  const fail = (problem: string, cause?: unknown) =>
    new WeightsError("BAD_CONFIG", `${path} ${problem}.`, { path, cause });
  return parseJsonObject(await readSmallFile(path, MAX_BYTES), MAX_MARKS, fail);
}
