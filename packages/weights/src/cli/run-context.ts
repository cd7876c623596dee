import type { WriteOptions } from "../tensors/write-options.ts";
import { ProgressBar } from "./progress-bar.ts";

/** What a command gets beside its arguments. */
export interface RunContext {
  /** Aborted when the person asks to end. */
  readonly signal: AbortSignal;
  /** Writes a line of the result. */
  readonly print: (line: string) => void;
  /**
   * Does something long, with a bar on a terminal that shows how far it has come.
   *
   * @param verb - what is being done, such as "Converting"
   * @param work - does it, with these options
   */
  withProgress<Result>(
    verb: string,
    work: (options: Pick<WriteOptions, "signal" | "onProgress">) => Promise<Result>,
  ): Promise<Result>;
}

/** The context of a command that runs in a terminal, or without one. */
export function createContext(signal: AbortSignal): RunContext {
  return {
    signal,
    print: (line) => process.stdout.write(`${line}\n`),
    async withProgress(verb, work) {
      const bar = process.stderr.isTTY ? new ProgressBar(process.stderr, verb) : undefined;
      try {
        return await work({ signal, onProgress: bar?.update });
      } finally {
        bar?.stop();
      }
    },
  };
}
