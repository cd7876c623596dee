import { type RowFault, UnusableRow } from "./unusable-row.ts";

/** A row of a dataset, which is read when it is its turn, so that what is wrong with it is its own fault. */
export interface Row {
  /** Where it begins: a line of the file from 1, or its place in a list from 1. */
  readonly line: number;
  /** What it holds. Throws {@link UnusableRow}. */
  read(): unknown;
}

/** Bytes of a file, and where they begin. */
export interface Line {
  readonly line: number;
  /** Undefined where there were too many: see `RowBytes`. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * The longest conversations of ShareGPT have about a megabyte. What is far above that is no row but a file that
 * lacks its newlines or a quotation mark, and must not fill the memory.
 */
const MAX_ROW_BYTES = 16 * 1024 * 1024;

/** Gathers the bytes of a row, as long as there are not too many. */
export class RowBytes {
  #parts: Uint8Array[] = [];
  #length = 0;

  /** Whether nothing has been added since the last `take`. */
  get empty(): boolean {
    return this.#length === 0;
  }

  /** Adds bytes, or what were too many by themselves. */
  add(part: Uint8Array | undefined): void {
    this.#length += part?.length ?? Number.POSITIVE_INFINITY;
    if (part && this.#length <= MAX_ROW_BYTES) this.#parts.push(part);
    else this.#parts = [];
  }

  /** The bytes so far, or undefined if they were too many; then it begins anew. */
  take(): Uint8Array | undefined {
    const bytes = this.#length <= MAX_ROW_BYTES ? Buffer.concat(this.#parts) : undefined;
    this.#parts = [];
    this.#length = 0;
    return bytes;
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of a line. Throws {@link UnusableRow}. */
export function decodeLine({ bytes }: Line): string {
  if (!bytes) {
    const most = MAX_ROW_BYTES / 2 ** 20;
    throw new UnusableRow("ROW_TOO_LONG", `It has more than ${most} MiB: is a newline missing?`);
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw new UnusableRow("BAD_UTF8", "It is not UTF-8: save the file in that encoding.");
  }
}

/** A row of JSON. */
export function jsonRow(line: Line): Row {
  return {
    line: line.line,
    read: () => {
      const text = decodeLine(line);
      try {
        return JSON.parse(text);
      } catch (error) {
        throw new UnusableRow("BAD_JSON", `It is not JSON: ${(error as Error).message}`);
      }
    },
  };
}

/** A row that cannot be read. */
export function unusableRow(line: number, code: RowFault, reason: string): Row {
  return {
    line,
    read: () => {
      throw new UnusableRow(code, reason);
    },
  };
}
