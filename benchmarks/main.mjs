// `npm run bench -- prompt --quick`: runs all benchmarks, or those named, and keeps what they measured.
import { describeEnvironment } from "./environment.mjs";
import { keepResults, printCase } from "./report.mjs";

/** Each module exports `run({ quick })`, an async generator of cases and tables. */
const benchmarks = {
  prompt: () => import("./prompt.mjs"),
  inference: () => import("./inference.mjs"),
  start: () => import("./start.mjs"),
  tokenizer: () => import("./tokenizer.mjs"),
  client: () => import("./client.mjs"),
  server: () => import("./server.mjs"),
  training: () => import("./training.mjs"),
  "web-chat": () => import("./web-chat.mjs"),
  weights: () => import("./weights.mjs"),
};

const { names, quick } = readArguments(process.argv.slice(2));
for (const name of names) {
  const environment = describeEnvironment();
  const cases = [];
  const { run } = await benchmarks[name]();
  for await (const measured of run({ quick })) {
    printCase(measured);
    cases.push(measured);
  }
  if (!quick) await keepResults(name, environment, cases);
}

function readArguments(args) {
  const known = Object.keys(benchmarks);
  const chosen = args.filter((arg) => arg !== "--quick");
  const unknown = chosen.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    console.error(
      `There is no benchmark "${unknown}". There are ${known.join(", ")}; --quick takes few samples and keeps none.`,
    );
    process.exit(1);
  }
  return { names: chosen.length > 0 ? chosen : known, quick: args.includes("--quick") };
}
