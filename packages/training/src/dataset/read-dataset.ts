import { badOption } from "../error.ts";
import type { DatasetRow } from "./formats.ts";
import { type DatasetOptions, resolveDatasetOptions } from "./options.ts";
import { type DatasetExample, readExamples } from "./read-examples.ts";
import { type DatasetReport, ReportBuilder } from "./report.ts";

/** A file's path, what a file holds as texts or bytes cut anywhere, or rows in memory. */
export type DatasetSource = string | AsyncIterable<string | Uint8Array> | readonly DatasetRow[];

/** The examples of a dataset. Each loop over it reads the source anew, which a stream allows once. */
export interface Dataset extends AsyncIterable<DatasetExample> {
  /** What has become of the rows so far in the loop that began last. */
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
 * @throws TrainingError with code `BAD_OPTION`; the loop throws it with `BAD_DATASET` for a file that cannot be
 *   read, and with `strict` for a row
 *
 * @example
 * ```ts
 * import { llama2Tokenizer } from "@llama2-kit/tokenizer/llama2";
 *
 * const dataset = readDataset("guanaco.jsonl", { tokenizer: llama2Tokenizer(), evaluationShare: 0.05 });
 * for await (const { ids, spans, evaluation } of dataset) (evaluation ? held : learned).push({ ids, spans });
 * for (const { line, reason } of dataset.report.dropped) console.warn(`line ${line}: ${reason}`);
 * ```
 */
export function readDataset(source: DatasetSource, options: DatasetOptions): Dataset {
  const resolved = resolveDatasetOptions(options);
  requireSource(source);
  let report = new ReportBuilder(resolved.format);
  return {
    get report() {
      return report.build();
    },
    [Symbol.asyncIterator]() {
      report = new ReportBuilder(resolved.format);
      return readExamples(source, resolved, report);
    },
  };
}

function requireSource(source: DatasetSource): void {
  if (typeof source === "string" && source !== "") return;
  if (Array.isArray(source)) return;
  if (typeof source === "object" && source !== null && Symbol.asyncIterator in source) return;
  throw badOption("source", source, "a file's path, a stream of texts or an array of rows");
}
