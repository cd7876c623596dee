import type { VNode } from "preact";
import type { TrainingRun } from "../../app-api.ts";

/** What became of the dataset's rows. */
export function DatasetReport({ report }: { report: NonNullable<TrainingRun["report"]> }): VNode {
  const { rows, examples, tokens, lossTokens, cutRows, droppedRows, faults } = report;
  const left = cutRows + droppedRows - faults.length;
  const count = (number: number) => number.toLocaleString("en");
  return (
    <>
      <p class="hint">
        {count(rows)} rows, {count(examples)} examples, {count(tokens)} tokens, of which{" "}
        {count(lossTokens)} are learned.
      </p>
      {cutRows + droppedRows > 0 && (
        <details class="plain">
          <summary>
            {count(droppedRows)} dropped, {count(cutRows)} cut
          </summary>
          <ul class="faults">
            {faults.map(({ line, reason }) => (
              <li key={`${line} ${reason}`}>
                Line {line}: {reason}
              </li>
            ))}
            {left > 0 && <li>… and {count(left)} more</li>}
          </ul>
        </details>
      )}
    </>
  );
}
