// The process that a training runs in. ggml ends its process where something is wrong, and computes without
// ever letting anything else run: neither should happen to the process of whoever trains.
import { type FromWorker, type ToWorker, toPlainError } from "./messages.ts";
import { runJob } from "./run-job.ts";

const control = new AbortController();

function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(message, undefined, {}, () => resolve());
    else resolve();
  });
}

async function work(job: Extract<ToWorker, { kind: "job" }>["job"]): Promise<void> {
  try {
    const result = await runJob(job, {
      signal: control.signal,
      onProgress: (progress) => void tell({ kind: "progress", progress }),
    });
    await tell({ kind: "done", result });
  } catch (error) {
    const wasAborted = control.signal.aborted && error === control.signal.reason;
    await tell(wasAborted ? { kind: "aborted" } : { kind: "failed", error: toPlainError(error) });
  }
  process.disconnect();
}

process.on("message", (message: ToWorker) => {
  if (message.kind === "job") void work(message.job);
  else control.abort();
});
// A terminal tells Ctrl-C to both processes: the one that started this decides what it means.
process.on("SIGINT", () => {});
// Whoever started this is gone, or has heard all.
process.on("disconnect", () => process.exit());
