import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CHILD = fileURLToPath(new URL("./child.mjs", import.meta.url));

/**
 * Does a job in a process of its own, with a folder for its output that is removed afterwards.
 *
 * @param {{ kind: string, input: string, type?: string, adapter?: string }} job
 * @returns {Promise<{ ms: number, peak: number, bytes: number }>} time, most memory in MB, and bytes of the input
 */
export async function runJob(job) {
  const folder = await mkdtemp(join(tmpdir(), "llama2-kit-weights-bench-"));
  try {
    return await new Promise((resolve, reject) => {
      const child = fork(CHILD, [JSON.stringify({ ...job, output: join(folder, "output") })]);
      let result;
      child.once("message", (message) => {
        result = message;
      });
      child.once("error", reject);
      child.once("exit", (code) =>
        result === undefined
          ? reject(new Error(`${job.kind} ended with ${code}`))
          : resolve(result),
      );
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
