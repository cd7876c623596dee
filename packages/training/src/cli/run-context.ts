import type { DatasetReport } from "../dataset/report.ts";
import type { TrainingProgress, TrainingResult } from "../job/job.ts";
import { TellJson } from "./tell-json.ts";
import { TellLines } from "./tell-lines.ts";
import { TellTerminal } from "./tell-terminal.ts";

/** What a command gets beside its arguments. */
export interface RunContext {
  /** Aborted when the person asks to end. */
  readonly signal: AbortSignal;
  /** Whether what is printed is seen by a person. */
  readonly isTerminal: boolean;
  /** Writes a line of the result. */
  readonly print: (line: string) => void;
  /** Begins to tell of a training. */
  tellTraining(json: boolean): TrainingTeller;
}

/** Tells how a training goes. */
export interface TrainingTeller {
  /** What has become of the dataset's rows. */
  dataset(report: DatasetReport): void;
  step(progress: TrainingProgress): void;
  end(result: TrainingResult): void;
  /** It was stopped after a step, and how to go on. */
  stop(last: TrainingProgress | undefined, checkpoint: string): void;
  /** It failed; the error is told by others. */
  leave(): void;
}

/** The context of a command that runs in a terminal, or without one. */
export function createContext(signal: AbortSignal): RunContext {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const warn = (line: string) => void process.stderr.write(`${line}\n`);
  return {
    signal,
    isTerminal: process.stdout.isTTY ?? false,
    print,
    tellTraining(json) {
      if (json) return new TellJson(print);
      return process.stderr.isTTY
        ? new TellTerminal(process.stderr, print)
        : new TellLines(print, warn);
    },
  };
}
