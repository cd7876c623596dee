import { existsSync } from "node:fs";
import type { DatasetReport } from "../dataset/report.ts";
import type { TrainingProgress, TrainingResult } from "../job/job.ts";
import { formatBytes, formatCount, formatDuration, printable } from "./format.ts";

/** Faults that are shown of a dataset before its training; `check` shows all that the report has. */
const FAULTS_SHOWN = 10;

/** What has become of a dataset's rows. */
export function* describeReport(
  report: DatasetReport,
  most: number = FAULTS_SHOWN,
): Generator<string> {
  const { rows, examples, tokens, lossTokens, evaluationExamples, format } = report;
  const kept = evaluationExamples > 0 ? `, ${evaluationExamples} of them to measure on` : "";
  yield `${plural(rows, "row")} (${format ?? "of no known format"}): ${plural(examples, "example")}${kept}; ${formatCount(tokens)} tokens, of which ${formatCount(lossTokens)} are learned`;
  if (report.cutRows + report.droppedRows === 0) return;
  yield `cut ${report.cutRows}, dropped ${report.droppedRows}`;
  const faults = [...report.dropped, ...report.cut];
  for (const { line, reason } of faults.slice(0, most))
    yield `  line ${line}: ${printable(reason)}`;
  const left = report.cutRows + report.droppedRows - Math.min(faults.length, most);
  if (left > 0) yield `  … and ${left} more`;
}

/** A step on a line. */
export function describeStep(progress: TrainingProgress): string {
  const { step, steps, loss, evalLoss, tokensPerSecond, eta } = progress;
  const parts = [
    `step ${String(step).padStart(String(steps).length)}/${steps}`,
    `loss ${loss.toFixed(3)}`,
    ...(evalLoss === undefined ? [] : [`eval ${evalLoss.toFixed(3)}`]),
    `${formatCount(tokensPerSecond)} tokens/s`,
    `${formatDuration(eta)} left`,
  ];
  return parts.join("  ");
}

/** What a training came to. */
export function* describeEnd(result: TrainingResult): Generator<string> {
  const { output, steps, loss, evalLoss, tokensPerSecond, memoryBytes } = result;
  const measured = evalLoss === undefined ? "" : `, on rows kept apart ${evalLoss.toFixed(3)}`;
  // A training that was resumed behind its last step has none.
  const last = Number.isNaN(loss) ? "" : `loss ${loss.toFixed(3)}${measured}, `;
  yield `${plural(steps, "step")}: ${last}${formatCount(tokensPerSecond)} tokens/s, ${formatBytes(memoryBytes)} of memory`;
  yield `Wrote ${output}`;
}

/** How to go on with a training that was stopped. */
export function describeStop(last: TrainingProgress | undefined, checkpoint: string): string {
  if (!existsSync(checkpoint)) return "Stopped before the first step: nothing was written.";
  const where = last ? `after step ${last.step} of ${last.steps}` : "before its next step";
  return `Stopped ${where}. Its state is in ${checkpoint}: the same command with --resume goes on.`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
