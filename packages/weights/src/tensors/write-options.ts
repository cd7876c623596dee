/** How far a long piece of work has come. */
export interface Progress {
  /** Bytes of the output that are written. */
  readonly done: number;
  /** Bytes of the whole output. */
  readonly total: number;
}

/** What every function that writes a file takes. */
export interface WriteOptions {
  /** Ends the work with the signal's reason; nothing is left behind. */
  readonly signal?: AbortSignal | undefined;
  /** Told from time to time how far the work has come. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Whether an output that exists already is replaced, at the end and at once. Without it that is an error. */
  readonly overwrite?: boolean | undefined;
}
