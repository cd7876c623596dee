// How long a new process takes until the first text of an answer is out.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { compare } from "./compare.mjs";

const program = fileURLToPath(new URL("./first-text.mjs", import.meta.url));

/**
 * @param {{ quick: boolean }} options
 * @returns {AsyncGenerator<import("./report.mjs").Case>}
 */
export async function* run({ quick }) {
  const samplers = {
    "llama2-kit": () => timeFirstOutput([program, "llama2-kit"]),
    "node-llama-cpp": () => timeFirstOutput([program, "node-llama-cpp"]),
    "Node alone": () => timeFirstOutput(["--eval", "process.stdout.write('.')"]),
  };
  yield {
    title: "From the start of a process to the first text",
    unit: "ms",
    results: await compare(samplers, { rounds: quick ? 3 : 6, warmUp: 1 }),
    notes: ["both load cria, on the CPU with one thread, and answer the same question"],
  };
}

async function timeFirstOutput(args) {
  const start = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [output] = await Promise.race([once(child.stdout, "data"), exited]);
  const ms = performance.now() - start;
  if (!Buffer.isBuffer(output)) throw new Error(`${args.join(" ")} ended without output.`);
  child.kill("SIGKILL");
  await exited;
  return ms;
}
