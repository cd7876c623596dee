import type { DatasetReport } from "../dataset/report.ts";
import type { TrainingProgress, TrainingResult } from "../job/job.ts";
import { describeEnd, describeReport, describeStep, describeStop } from "./describe.ts";
import type { TrainingTeller } from "./run-context.ts";

/** Lines of a training at most, beside those that measure: a log is to be read. */
const MOST_LINES = 100;

/** Tells in plain lines, where nothing can be drawn: the result to stdout, the way there to stderr. */
export class TellLines implements TrainingTeller {
  readonly #print: (line: string) => void;
  readonly #warn: (line: string) => void;

  constructor(print: (line: string) => void, warn: (line: string) => void) {
    this.#print = print;
    this.#warn = warn;
  }

  dataset(report: DatasetReport): void {
    for (const line of describeReport(report)) this.#warn(line);
  }

  step(progress: TrainingProgress): void {
    const { step, steps, evalLoss } = progress;
    const isTold = step === 1 || step === steps || step % Math.ceil(steps / MOST_LINES) === 0;
    if (isTold || evalLoss !== undefined) this.#warn(describeStep(progress));
  }

  end(result: TrainingResult): void {
    for (const line of describeEnd(result)) this.#print(line);
  }

  stop(last: TrainingProgress | undefined, checkpoint: string): void {
    this.#warn(describeStop(last, checkpoint));
  }

  leave(): void {}
}
