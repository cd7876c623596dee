import { badOption, TrainingError } from "../error.ts";
import type { DatasetRow } from "./formats.ts";
import { type DatasetOptions, resolveDatasetOptions } from "./options.ts";
import { type DatasetExample, readExamples } from "./read-examples.ts";
import { type DatasetReport, ReportBuilder } from "./report.ts";

/** A file's path, what a file holds as texts or bytes cut anywhere, or rows in memory. */
export type DatasetSource = string | AsyncIterable<string | Uint8Array> | readonly DatasetRow[];

/** The examples of a dataset. Each loop over it reads the source anew, which a stream allows once. */
export interface DatasetReader extends AsyncIterable<DatasetExample> {
  /** The examples that are not kept apart. A loop of its own. */
  readonly training: AsyncIterable<DatasetExample>;
  /** The examples that `evaluationShare` keeps apart. A loop of its own. */
  readonly evaluation: AsyncIterable<DatasetExample>;
  /** What has become of the rows so far in the loop that began last: of all rows, whichever part it is over. */
  readonly report: DatasetReport;
}

/**
 * Reads a dataset into examples, row by row, so that a file of any size takes little memory. JSON Lines, JSON arrays
 * and bare text are told apart by the file's ending or its beginning. Rows that cannot be learned from are
 * dropped, and the report names them.
 *
 * @param source - see {@link DatasetSource}
 * @param options - see {@link DatasetOptions}
 * @returns the examples, which have at most `sequenceLength` ids each
 * @throws TrainingError with code `BAD_OPTION`; a loop throws it with `BAD_DATASET` for a file that cannot be
 *   read, and with `strict` for a row; or the signal's reason
 *
 * @example
 * ```ts
 * import { llama2Tokenizer } from "@llama2-kit/tokenizer/llama2";
 *
 * const data = readDataset("guanaco.jsonl", { tokenizer: llama2Tokenizer(), evaluationShare: 0.05 });
 * await trainAdapter({
 *   model: "llama-2-7b.Q4_0.gguf",
 *   dataset: data.training,
 *   evaluation: { dataset: data.evaluation, every: 100 },
 *   output: "adapter.gguf",
 * });
 * for (const { line, reason } of data.report.dropped) console.warn(`line ${line}: ${reason}`);
 * ```
 */
export function readDataset(source: DatasetSource, options: DatasetOptions): DatasetReader {
  const resolved = resolveDatasetOptions(options);
  requireSource(source);
  let report = new ReportBuilder(resolved.format);
  let begun = false;
  const read = (): AsyncGenerator<DatasetExample> => {
    if (begun && isStream(source)) {
      const message =
        "The dataset is a stream, which can be read once: pass a file's path, or keep the examples.";
      throw new TrainingError("BAD_DATASET", message, { parameter: "source" });
    }
    begun = true;
    report = new ReportBuilder(resolved.format);
    return readExamples(source, resolved, report);
  };
  return {
    [Symbol.asyncIterator]: read,
    training: { [Symbol.asyncIterator]: () => onlyPart(read(), false) },
    evaluation: { [Symbol.asyncIterator]: () => onlyPart(read(), true) },
    get report() {
      return report.build();
    },
  };
}

async function* onlyPart(
  examples: AsyncIterable<DatasetExample>,
  evaluation: boolean,
): AsyncGenerator<DatasetExample> {
  for await (const example of examples) if (example.evaluation === evaluation) yield example;
}

function requireSource(source: DatasetSource): void {
  if (typeof source === "string" ? source !== "" : Array.isArray(source) || isStream(source))
    return;
  throw badOption("source", source, "a file's path, a stream of texts or an array of rows");
}

function isStream(source: DatasetSource): boolean {
  return typeof source === "object" && source !== null && Symbol.asyncIterator in source;
}
