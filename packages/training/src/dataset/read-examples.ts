import { setImmediate } from "node:timers/promises";
import type { TrainingExample } from "../data/example.ts";
import { TrainingError } from "../error.ts";
import { drawEvaluation } from "./draw-evaluation.ts";
import { type EncodedExample, encodeConversation } from "./encode-conversation.ts";
import { encodeText } from "./encode-text.ts";
import { type DatasetFormat, detectFormat, readRow, unknownFormat } from "./formats.ts";
import { openRows } from "./open-rows.ts";
import type { ResolvedDatasetOptions } from "./options.ts";
import type { DatasetSource } from "./read-dataset.ts";
import type { ReportBuilder } from "./report.ts";
import type { Row } from "./row.ts";
import { chunkText, TextChunk, TextChunker } from "./text-chunker.ts";
import { rowFaultOf, UnusableRow } from "./unusable-row.ts";

/** An example, and where it comes from. */
export interface DatasetExample extends TrainingExample {
  readonly ids: Int32Array;
  readonly spans: readonly (readonly [start: number, end: number])[];
  /** Line of the file in which its row begins, or the row's place in a list, from 1. */
  readonly line: number;
  /** Whether it is kept apart for evaluation, as `evaluationShare` asked for. */
  readonly evaluation: boolean;
}

/** Work between two looks at what else is to be done, such as an abort: some milliseconds. */
const ROWS_AT_A_STRETCH = 128;

/**
 * Reads a dataset once.
 *
 * @param source - the dataset
 * @param options - how to make examples of it
 * @param report - takes down what becomes of each row
 * @returns the examples
 */
export async function* readExamples(
  source: DatasetSource,
  options: ResolvedDatasetOptions,
  report: ReportBuilder,
): AsyncGenerator<DatasetExample> {
  const { signal, onProgress } = options;
  const chunker = new TextChunker(options.tokenizer, options.sequenceLength);
  const { rows, progress } = await openRows(source, options, chunker);
  const tell = () => {
    const { bytes, totalBytes } = progress;
    onProgress?.({ rows: report.rows, examples: report.examples, bytes, totalBytes });
  };
  for await (const row of rows) {
    signal?.throwIfAborted();
    report.rows++;
    yield* examplesOf(row, options, report, chunker);
    if (report.rows % ROWS_AT_A_STRETCH > 0) continue;
    tell();
    await setImmediate();
  }
  signal?.throwIfAborted();
  tell();
}

/** All of a row's examples or none: of a row with a fault nothing is learned. */
function examplesOf(
  row: Row,
  options: ResolvedDatasetOptions,
  report: ReportBuilder,
  chunker: TextChunker,
): DatasetExample[] {
  try {
    const { content, encoded } = encodeRow(row.read(), options, report, chunker);
    const evaluation = drawEvaluation(content, options.evaluationShare, options.seed);
    return encoded.map(({ ids, spans, cut }) => {
      const lossTokens = spans.reduce((sum, [start, end]) => sum + end - start, 0);
      report.addExample(ids.length, lossTokens, evaluation);
      if (cut !== undefined) report.addCut(row.line, cut);
      return { ids, spans, line: row.line, evaluation };
    });
  } catch (error) {
    const { code, reason } = rowFaultOf(error);
    if (options.strict) {
      const message = `Line ${row.line} of the dataset cannot be learned from: ${reason}`;
      throw new TrainingError("BAD_DATASET", message, { cause: error });
    }
    report.addDropped(row.line, code, reason);
    return [];
  }
}

/** @returns a row's examples, and its content in a form that is the same in whatever format it came */
function encodeRow(
  value: unknown,
  options: ResolvedDatasetOptions,
  report: ReportBuilder,
  chunker: TextChunker,
): { content: string; encoded: EncodedExample[] } {
  if (value instanceof TextChunk) {
    report.format ??= "text";
    return { content: value.text, encoded: [...encodeText(value, options)] };
  }
  const read = readRow(value, chooseFormat(value, options, report));
  if (typeof read !== "string") {
    const content = JSON.stringify(read.map(({ role, content }) => [role, content]));
    return { content, encoded: [encodeConversation(read, options)] };
  }
  const encoded = [...chunkText(read, chunker)].flatMap((chunk) => [...encodeText(chunk, options)]);
  if (encoded.length === 0) throw new UnusableRow("EMPTY_MESSAGE", "Its text is empty.");
  return { content: read, encoded };
}

/** The format that was named; without one that of the first row which has one, and of every other. */
function chooseFormat(
  value: unknown,
  options: ResolvedDatasetOptions,
  report: ReportBuilder,
): DatasetFormat {
  if (options.format) return options.format;
  const found = detectFormat(value);
  if (!found) throw unknownFormat(value);
  report.format ??= found;
  if (found === report.format) return found;
  const reason = `It is in the format "${found}", and those before it are in "${report.format}": one file, one format.`;
  throw new UnusableRow("MIXED_FORMATS", reason);
}
