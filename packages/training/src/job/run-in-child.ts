import { type ChildProcess, fork } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { TrainingError } from "../error.ts";
import type { TrainingJob } from "./job.ts";
import { type FromWorker, fromPlainError, type JobResult, type ToWorker } from "./messages.ts";
import { type JobControl, runJob } from "./run-job.ts";

/** How long a training may take to write its checkpoint and end once it is aborted, in milliseconds. */
const GRACE = 60_000;

/** Characters of what a process says at its end that are kept. */
const LAST_WORDS = 10_000;

/** The script of the process. Where the package runs from its TypeScript source, as in its own tests, there is none. */
const WORKER = import.meta.url.endsWith(".ts")
  ? undefined
  : fileURLToPath(new URL("./worker.js", import.meta.url));

/**
 * Does a training in a process of its own.
 *
 * @param worker - the script of the process; without one the training is done in this process
 * @throws TrainingError any of its codes
 * @throws the signal's reason, once the checkpoint is written
 */
export async function runInChild(
  job: TrainingJob,
  control: JobControl,
  worker: string | undefined = WORKER,
): Promise<JobResult> {
  control.signal?.throwIfAborted();
  if (worker === undefined) return runJob(job, control);
  if (!existsSync(worker)) throw withoutWorker(worker);
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
  let isSettled = false;
  const settle = (act: () => void) => {
    isSettled = true;
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
  child.on("error", (cause) => settle(() => outcome.reject(crashed(cause.message, { cause }))));
  child.on("close", (code, killedBy) => {
    if (isSettled) return;
    const how = killedBy ? `by ${killedBy}` : `with code ${code}`;
    const checkpoint = job.checkpoint.path;
    const error = signal?.aborted ? signal.reason : crashed(how, { lastWords, checkpoint });
    removeLeftovers([job.output, checkpoint]);
    settle(() => outcome.reject(error));
  });
  signal?.addEventListener("abort", abort);
  send(child, { kind: "job", job });
}

function send(child: ChildProcess, message: ToWorker): void {
  // A process that has ended says so by itself.
  if (child.connected) child.send(message, () => {});
}

/** What a process was writing when it was ended: it could not remove that itself. */
function removeLeftovers(paths: readonly string[]): void {
  for (const path of paths) {
    const folder = dirname(path);
    const isLeftover = (name: string) =>
      name.startsWith(`.${basename(path)}.`) && name.endsWith(".partial");
    try {
      for (const name of readdirSync(folder).filter(isLeftover)) rmSync(join(folder, name));
    } catch {
      // The error of the training tells more than one of this.
    }
  }
}

/** A line of the stacks that Node prints when it is aborted: where it was says nothing to whoever trains. */
const FRAME = /^\s*(?:\d+: |at |-----)/;

/** As in a program that a bundler made one file of. */
function withoutWorker(worker: string): TrainingError {
  const advice =
    "Keep @llama2-kit/training out of the bundle (external), or set inProcess and let this process stand still meanwhile";
  return new TrainingError(
    "ENGINE_MISSING",
    `The script of the training's process is missing: ${worker}. ${advice}.`,
  );
}

function crashed(
  how: string,
  {
    lastWords = "",
    checkpoint = "",
    cause,
  }: {
    readonly lastWords?: string;
    readonly checkpoint?: string;
    readonly cause?: unknown;
  },
): TrainingError {
  const lines = lastWords.split("\n").filter((line) => line.trim() !== "" && !FRAME.test(line));
  const telling = lines.find((line) => /GGML_ASSERT|GGML_ABORT|error|failed/i.test(line));
  const said = (telling ?? lines.at(-1) ?? "It said nothing").trim().replace(/\.$/, "");
  const isMemory = how === "by SIGKILL" || NO_MEMORY.test(lastWords);
  const hint = isMemory ? " The system may have run out of memory." : "";
  const advice = existsSync(checkpoint) ? ` Go on from ${checkpoint} with resume.` : "";
  return new TrainingError(
    "ENGINE_CRASHED",
    `The training's process was ended ${how}.${hint} ${said}.${advice}`,
    { cause },
  );
}

/** How ggml, C++ and Node say that they got no memory. */
const NO_MEMORY = /mem_buffer != NULL|bad_alloc|failed to allocate|heap out of memory/;
