import { llama2Tokenizer } from "@llama2-kit/tokenizer/llama2";
import {
  type DatasetExample,
  type DatasetOptions,
  type DatasetReport,
  type DatasetSource,
  readDataset,
} from "../../src/index.ts";

/** Llama 2's tokenizer. */
export const tokenizer = llama2Tokenizer();

/** Reads a dataset to its end. */
export async function collect(
  source: DatasetSource,
  options: Partial<DatasetOptions> = {},
): Promise<{ examples: DatasetExample[]; report: DatasetReport }> {
  const dataset = readDataset(source, { tokenizer, ...options });
  const examples: DatasetExample[] = [];
  for await (const example of dataset) examples.push(example);
  return { examples, report: dataset.report };
}

/** A text as a stream, in parts of some characters each. */
export async function* inParts<Part extends string | Uint8Array>(
  whole: Part,
  size: number,
): AsyncGenerator<Part> {
  for (let at = 0; at < whole.length; at += size) yield whole.slice(at, at + size) as Part;
}

/** What an example has the model say: the text of each of its spans. */
export function learnedTexts({ ids, spans }: DatasetExample): string[] {
  return spans.map(([start, end]) =>
    tokenizer.decode(ids.slice(start, end), { specialTokens: "show" }),
  );
}
