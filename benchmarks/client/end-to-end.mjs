// What the CPU of an app's process spends on each event of a stream over a socket: fetch, parsing, and the loop that
// reads the text.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { compare } from "../compare.mjs";
import { makeClients, makeOllamaClients } from "./contestants.mjs";
import { cpuTimeOf } from "./cpu-time.mjs";
import { makeAnswer } from "./events.mjs";

const EVENTS = 5_000;

/** What Node's fetch takes for the bytes alone: no client can take less. */
function fetchAlone(url) {
  return async () => {
    const response = await fetch(url, { method: "POST", body: "{}" });
    const reader = response.body.getReader();
    while (!(await reader.read()).done);
  };
}

const TITLES = {
  bulk: "sent as fast as it goes",
  paced: "a packet each",
};

export async function* compareEndToEnd({ rounds }) {
  const program = fileURLToPath(new URL("./server.mjs", import.meta.url));
  const server = fork(program, [String(EVENTS)]);
  const [port] = await once(server, "message");
  const notes = ["user and system time of the client's process; the server is another one"];
  try {
    for (const [way, title] of Object.entries(TITLES)) {
      const address = `http://127.0.0.1:${port}/${way}`;
      for (const [protocol, clients] of Object.entries({
        "OpenAI's protocol": makeClients(address),
        "Ollama's protocol": makeOllamaClients(address),
      })) {
        yield {
          title: `CPU time per event over loopback, ${protocol}, ${title}`,
          unit: "ms",
          results: await compare(await samplersOf(clients, fetchAlone(address)), { rounds }),
          notes,
        };
      }
    }
  } finally {
    server.kill();
  }
}

async function samplersOf(clients, fetchAlone) {
  const { text } = makeAnswer(EVENTS);
  for (const [name, read] of Object.entries(clients)) {
    if ((await read()) !== text) throw new Error(`${name} read another text.`);
  }
  const samplers = {};
  for (const [name, read] of Object.entries({ ...clients, "fetch alone": fetchAlone })) {
    samplers[name] = cpuTimeOf(read, EVENTS);
  }
  return samplers;
}
