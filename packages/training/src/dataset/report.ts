import type { DatasetFormat } from "./formats.ts";
import type { RowFault } from "./unusable-row.ts";

/** What became of a dataset. The numbers are exact; the lists end at 100 rows each. */
export interface DatasetReport {
  /** The format that was named or found; undefined as long as no row has one. */
  readonly format: DatasetFormat | undefined;
  /** Rows that were read, those that were dropped included. Bare plain text has a row for each chunk of paragraphs. */
  readonly rows: number;
  /** Examples that were made of them, those for evaluation included. */
  readonly examples: number;
  readonly evaluationExamples: number;
  /** Of all examples. */
  readonly tokens: number;
  /** Of these, those that are learned or evaluated. */
  readonly lossTokens: number;
  /** Rows of which something was left off. */
  readonly cutRows: number;
  readonly droppedRows: number;
  /** How many rows were dropped for each reason. */
  readonly droppedBy: Readonly<Partial<Record<RowFault, number>>>;
  /** The first rows that were cut. */
  readonly cut: readonly CutRow[];
  /** The first rows that were dropped. */
  readonly dropped: readonly DroppedRow[];
}

/** A row of which something was left off. */
export interface CutRow {
  /** Line of the file in which it begins, or its place in a list, from 1. */
  readonly line: number;
  readonly reason: string;
}

/** A row that was left out. */
export interface DroppedRow extends CutRow {
  readonly code: RowFault;
}

/** Enough to see what is wrong; a file that is wrong throughout must not fill the memory with its faults. */
const LONGEST_LIST = 100;
/** A parser's message may quote the row. */
const LONGEST_REASON = 300;

/** Keeps count while a dataset is read. */
export class ReportBuilder {
  format: DatasetFormat | undefined;
  rows = 0;
  examples = 0;
  #evaluationExamples = 0;
  #tokens = 0;
  #lossTokens = 0;
  #cutRows = 0;
  #droppedRows = 0;
  readonly #droppedBy = new Map<RowFault, number>();
  readonly #cut: CutRow[] = [];
  readonly #dropped: DroppedRow[] = [];

  constructor(format: DatasetFormat | undefined) {
    this.format = format;
  }

  addExample(tokens: number, lossTokens: number, evaluation: boolean): void {
    this.examples++;
    if (evaluation) this.#evaluationExamples++;
    this.#tokens += tokens;
    this.#lossTokens += lossTokens;
  }

  addCut(line: number, reason: string): void {
    this.#cutRows++;
    if (this.#cut.length < LONGEST_LIST) this.#cut.push({ line, reason });
  }

  addDropped(line: number, code: RowFault, reason: string): void {
    this.#droppedRows++;
    this.#droppedBy.set(code, (this.#droppedBy.get(code) ?? 0) + 1);
    if (this.#dropped.length < LONGEST_LIST) {
      this.#dropped.push({ line, code, reason: reason.slice(0, LONGEST_REASON) });
    }
  }

  build(): DatasetReport {
    return {
      format: this.format,
      rows: this.rows,
      examples: this.examples,
      evaluationExamples: this.#evaluationExamples,
      tokens: this.#tokens,
      lossTokens: this.#lossTokens,
      cutRows: this.#cutRows,
      droppedRows: this.#droppedRows,
      droppedBy: Object.fromEntries(this.#droppedBy),
      cut: [...this.#cut],
      dropped: [...this.#dropped],
    };
  }
}
