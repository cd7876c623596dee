// llama.cpp's llama-server, asked over HTTP as its clients do.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { timeTokens } from "./contestants.mjs";
import { ourArguments } from "./llama-cpp-programs.mjs";

/**
 * @typedef {object} LlamaServer
 * @property {(ids: number[], maxTokens: number, onTokens: (count: number) => void) => Promise<void>} complete
 *   Has ids continued, greedily, with the slot that holds most of them.
 */

/**
 * Starts it, with one slot for each conversation.
 *
 * @param {string} program
 * @param {string} modelPath
 * @param {{ sequences: number, contextSize: number }} size
 * @returns {Promise<import("./contestants.mjs").Contestant & LlamaServer>}
 */
export async function startLlamaServer(program, modelPath, { sequences, contextSize }) {
  const port = await findFreePort();
  const options = [
    ...["-m", modelPath, "-np", `${sequences}`, "-c", `${sequences * contextSize}`],
    ...[...ourArguments, "--host", "127.0.0.1", "--port", `${port}`],
    ...["--cache-ram", "0"], // else it copies what each new prompt drives out of a slot
  ];
  const child = spawn(program, options, { stdio: "ignore" });
  const exited = once(child, "exit");
  const stop = () => child.kill("SIGKILL");
  process.once("exit", stop);
  const address = `http://127.0.0.1:${port}`;
  await untilReady(address, child);
  return {
    sample: (prompts, maxTokens) =>
      timeTokens(prompts.length, maxTokens, (onToken) =>
        Promise.all(
          prompts.map(({ ids }, index) =>
            complete(address, ids, maxTokens, (count) => onToken(index, count)),
          ),
        ),
      ),
    complete: (ids, maxTokens, onTokens) => complete(address, ids, maxTokens, onTokens),
    async dispose() {
      process.off("exit", stop);
      stop();
      await exited;
    },
  };
}

async function complete(address, ids, maxTokens, onTokens) {
  const response = await fetch(`${address}/completion`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      prompt: ids,
      n_predict: maxTokens,
      temperature: 0,
      stream: true,
      return_tokens: true,
      cache_prompt: true,
    }),
  });
  if (!response.ok) throw new Error(`llama-server: ${response.status} ${await response.text()}`);
  let held = "";
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (held + piece).split("\n");
    held = lines.pop();
    for (const line of lines) {
      if (!line.startsWith("data: ")) continue;
      const { tokens, stop } = JSON.parse(line.slice(6));
      if (!stop && tokens.length > 0) onTokens(tokens.length);
    }
  }
}

async function untilReady(address, child) {
  for (;;) {
    const end = child.exitCode ?? child.signalCode;
    if (end !== null) throw new Error(`llama-server ended with ${end}.`);
    const response = await fetch(`${address}/health`).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    await sleep(50);
  }
}

async function findFreePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
