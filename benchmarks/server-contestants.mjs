// Starts what `server.mjs` compares, each in a process of its own.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { criaModelPath } from "@llama2-kit/cria";

/**
 * @typedef {object} Contestant
 * @property {string} [url] where it is asked
 * @property {(load: object) => Promise<number>} [generate] has it generate without being asked over HTTP
 * @property {() => Promise<number>} [cpuMs] CPU time of its process so far
 * @property {() => void} stop
 */

/**
 * @param {"engine" | "server" | "scripted" | "bare"} kind
 * @returns {Promise<Contestant>}
 */
export async function startContestant(kind) {
  const child = fork(fileURLToPath(new URL("./server-child.mjs", import.meta.url)), [kind]);
  const ask = async (message) => {
    const answer = once(child, "message");
    child.send(message);
    return (await answer)[0];
  };
  const [{ url }] = await once(child, "message");
  return {
    url,
    ...(kind === "engine" && { generate: (load) => ask({ load }) }),
    cpuMs: () => ask({ cpu: true }),
    stop: () => child.kill(),
  };
}

/** @returns {Promise<Contestant>} llama.cpp's own server, with as much to compute with as ours */
export async function startLlamaServer() {
  const port = await freePort();
  const settings = [
    "--parallel",
    "32",
    "--ctx-size",
    String(32 * 512),
    "--threads",
    "1",
    "--threads-batch",
    "1",
  ];
  const child = spawn(
    process.env.LLAMA_SERVER,
    ["--model", criaModelPath, "--port", String(port), "--no-webui", ...settings],
    { stdio: "ignore" },
  );
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const isReady = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) break;
    if (child.exitCode !== null) throw new Error("llama-server has ended");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, stop: () => child.kill() };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}
