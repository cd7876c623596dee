import { existsSync } from "node:fs";
import type { DatasetReport } from "../dataset/report.ts";
import type { TrainingProgress, TrainingResult } from "../job/job.ts";
import type { TrainingTeller } from "./run-context.ts";

/** Tells programs: a line of JSON for each event. */
export class TellJson implements TrainingTeller {
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  dataset(report: DatasetReport): void {
    this.#write("dataset", report);
  }

  step(progress: TrainingProgress): void {
    this.#write("step", progress);
  }

  end(result: TrainingResult): void {
    this.#write("end", result);
  }

  stop(last: TrainingProgress | undefined, checkpoint: string): void {
    const kept = existsSync(checkpoint) ? checkpoint : null;
    this.#write("stopped", { step: last?.step ?? 0, checkpoint: kept });
  }

  leave(): void {}

  #write(event: string, facts: object): void {
    this.#print(JSON.stringify({ event, ...facts }));
  }
}
