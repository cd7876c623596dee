import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { TrainingError } from "../error.ts";
import type { TrainingJob } from "./job.ts";
import { type FromWorker, fromPlainError, type JobResult, type ToWorker } from "./messages.ts";
import { type JobControl, runJob } from "./run-job.ts";

/** How long a training may take to write its checkpoint and end once it is aborted, in milliseconds. */
const GRACE = 60_000;

/** Characters of what a process says at its end that are kept. */
const LAST_WORDS = 10_000;

/**
 * Does a training in a process of its own.
 *
 * @param worker - the script of the process; where the package runs from its TypeScript source there is none, and
 *   the training is done in this process
 * @throws TrainingError any of its codes
 * @throws the signal's reason, once the checkpoint is written
 */
export async function runInChild(
  job: TrainingJob,
  control: JobControl,
  worker: string = fileURLToPath(new URL("./worker.js", import.meta.url)),
): Promise<JobResult> {
  control.signal?.throwIfAborted();
  if (!existsSync(worker)) return runJob(job, control);
  const child = fork(worker, {
    serialization: "advanced",
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    // Its backtrace takes a debugger seconds, and tells nothing.
    env: { ...process.env, GGML_NO_BACKTRACE: "1" },
  });
  return new Promise((resolve, reject) => watch(child, job, control, { resolve, reject }));
}

interface Outcome {
  resolve(result: JobResult): void;
  reject(error: unknown): void;
}

function watch(child: ChildProcess, job: TrainingJob, control: JobControl, outcome: Outcome): void {
  const { signal, onProgress } = control;
  let lastWords = "";
  let grace: NodeJS.Timeout | undefined;
  const abort = () => {
    send(child, { kind: "abort" });
    grace = setTimeout(() => child.kill("SIGKILL"), GRACE);
  };
  const settle = (act: () => void) => {
    signal?.removeEventListener("abort", abort);
    clearTimeout(grace);
    act();
  };
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
  });
  child.on("message", (message: FromWorker) => {
    if (message.kind === "progress") onProgress?.(message.progress);
    if (message.kind === "done") settle(() => outcome.resolve(message.result));
    if (message.kind === "failed") settle(() => outcome.reject(fromPlainError(message.error)));
    if (message.kind === "aborted") settle(() => outcome.reject(signal?.reason));
  });
  child.on("error", (cause) => settle(() => outcome.reject(crashed(cause.message, "", cause))));
  // After what it has said, if it has: a promise settles once.
  child.on("close", (code, killedBy) => {
    const how = killedBy ? `by ${killedBy}` : `with code ${code}`;
    const error = signal?.aborted ? signal.reason : crashed(how, lastWords);
    settle(() => outcome.reject(error));
  });
  signal?.addEventListener("abort", abort);
  send(child, { kind: "job", job });
}

function send(child: ChildProcess, message: ToWorker): void {
  // A process that has ended says so by itself.
  if (child.connected) child.send(message, () => {});
}

function crashed(how: string, lastWords: string, cause?: unknown): TrainingError {
  const lines = lastWords.split("\n").filter((line) => line.trim() !== "");
  const telling = lines.find((line) => /GGML_ASSERT|GGML_ABORT|error|failed/i.test(line));
  const said = (telling ?? lines.at(-1) ?? "It said nothing").trim();
  const hint = how === "by SIGKILL" ? " The system may have run out of memory." : "";
  return new TrainingError(
    "ENGINE_CRASHED",
    `The training's process was ended ${how}.${hint} ${said}`,
    { cause },
  );
}
