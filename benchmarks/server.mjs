// What our server costs on top of the engine, and on top of Node's own http; beside llama-server where LLAMA_SERVER
// names its binary. Servers run in processes of their own, and this one only asks and counts.
import { compare } from "./compare.mjs";
import { startContestant, startLlamaServer } from "./server-contestants.mjs";
import { askAtOnce, readStreams } from "./server-load.mjs";

const STREAMS = 32;
const TOKENS = 100;

/**
 * @param {{ quick: boolean }} options
 * @returns {AsyncGenerator<import("./report.mjs").Case>}
 */
export async function* run({ quick }) {
  const rounds = quick ? 3 : 12;
  yield* compareOnCria(rounds);
  yield* compareWithBareHttp(rounds);
}

async function* compareOnCria(rounds) {
  const contestants = {
    "engine alone": await startContestant("engine"),
    "our server": await startContestant("server"),
    ...(process.env.LLAMA_SERVER && { "llama-server": await startLlamaServer() }),
  };
  const cpu = {};
  const samplers = Object.fromEntries(
    Object.entries(contestants).map(([name, contestant]) => [
      name,
      async (round) => {
        const before = await contestant.cpuMs?.();
        const began = performance.now();
        const load = { streams: STREAMS, tokens: TOKENS, seed: round * STREAMS };
        const tokens = contestant.url
          ? await readStreams(contestant.url, load)
          : await contestant.generate(load);
        const rate = tokens / ((performance.now() - began) / 1000);
        const after = await contestant.cpuMs?.();
        if (before !== undefined) cpu[name] = [...(cpu[name] ?? []), (after - before) / tokens];
        return rate;
      },
    ]),
  );
  try {
    const results = await compare(samplers, { rounds });
    const [engine, server] = results;
    const notes = [
      `${STREAMS} completions of ${TOKENS} tokens at once, each as a stream over a connection of its own.`,
      `Overhead over the engine alone: ${((1 - server.ratio) * 100).toFixed(1)} %.`,
      `CPU time a token, all of the process: engine ${median(cpu[engine.name])} ms, server ${median(cpu[server.name])} ms.`,
      ...(results.length > 2
        ? []
        : ["llama-server takes part where LLAMA_SERVER names its binary."]),
    ];
    yield { title: `${STREAMS} streams on Cria`, unit: "tokens/s", results, notes };
  } finally {
    for (const contestant of Object.values(contestants)) contestant.stop();
  }
}

/** The same texts are written by both, and nothing computes them. */
async function* compareWithBareHttp(rounds) {
  const bare = await startContestant("bare");
  const ours = await startContestant("scripted");
  const tokens = 500;
  const cpuPerToken = (contestant) => async (round) => {
    const before = await contestant.cpuMs();
    const written = await readStreams(contestant.url, { streams: STREAMS, tokens, seed: round });
    return ((await contestant.cpuMs()) - before) / written;
  };
  const perRequest = (contestant) => async () => {
    const requests = 2000;
    const before = performance.now();
    await askAtOnce(contestant.url, { connections: STREAMS, requests });
    return (performance.now() - before) / requests;
  };
  try {
    yield {
      title: "CPU time of the server for each token of a stream",
      unit: "ms",
      results: await compare(
        { "our server": cpuPerToken(ours), "bare node:http": cpuPerToken(bare) },
        { rounds },
      ),
      notes: [
        "No model: a loop hands out the same texts. node:http writes lines that were made before.",
      ],
    };
    yield {
      title: `A short answer that is no stream, ${STREAMS} requests in flight`,
      unit: "ms",
      results: await compare(
        { "our server": perRequest(ours), "bare node:http": perRequest(bare) },
        { rounds },
      ),
      notes: [
        "Time a request; its inverse is the rate. node:http reads the body, and parses none.",
      ],
    };
  } finally {
    bare.stop();
    ours.stop();
  }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1].toPrecision(3);
}
