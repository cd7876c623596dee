// From bytes to the pieces of text, in one go and without a network.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { createParser } from "eventsource-parser";
import { compare } from "../compare.mjs";
import { cpuTimeOf } from "./cpu-time.mjs";
import { inChunks, makeAnswer } from "./events.mjs";

const EVENTS = 5_000;

/** What network chunks hold: an event or so, several, and many. */
const SIZES = [250, 1_400, 16_384];

export async function* compareParsing({ rounds }) {
  const parseOurs = await loadOurs();
  const { text, sse } = makeAnswer(EVENTS);
  for (const size of SIZES) {
    const chunks = inChunks(sse, size);
    const contestants = {
      "llama2-kit": () => parseOurs(chunks),
      "eventsource-parser and JSON.parse": () => parseTheirs(chunks),
    };
    for (const [name, parse] of Object.entries(contestants)) {
      if (parse() !== text) throw new Error(`${name} read another text.`);
    }
    const entries = Object.entries(contestants);
    const samplers = Object.fromEntries(entries.map(([name, parse]) => [name, cpuTimeOf(parse)]));
    yield {
      title: `CPU time of parsing an answer of ${EVENTS} events, in chunks of ${size} bytes`,
      unit: "ms",
      results: await compare(samplers, { rounds }),
      notes: ["ours is the client's reader, which also keeps the result's usage and times"],
    };
  }
}

function parseTheirs(chunks) {
  let text = "";
  const decoder = new TextDecoder();
  const parser = createParser({
    onEvent({ data }) {
      if (data !== "[DONE]") text += JSON.parse(data).choices[0]?.delta.content ?? "";
    },
  });
  for (const chunk of chunks) parser.feed(decoder.decode(chunk, { stream: true }));
  return text;
}

/** The reader within the client, which is none of its exports. */
async function loadOurs() {
  const source = new URL("../../packages/client/src/", import.meta.url);
  const { outputFiles } = await build({
    stdin: {
      contents: `
        export { Answer } from "./answer.ts";
        export { AnswerText } from "./answer-text.ts";
        export { openai } from "./dialects/openai.ts";
        export { StreamReader } from "./stream-reader.ts";`,
      resolveDir: dirname(fileURLToPath(new URL("index.ts", source))),
      loader: "ts",
    },
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    conditions: ["@llama2-kit/source"],
  });
  const code = Buffer.from(outputFiles[0].contents).toString("base64");
  const { Answer, AnswerText, openai, StreamReader } = await import(
    `data:text/javascript;base64,${code}`
  );
  const dialect = openai();
  return (chunks) => {
    let text = "";
    const controller = {
      text: (piece) => {
        text += piece;
      },
    };
    const setup = { wantsLogprobs: false, warnings: [], startedAt: performance.now() };
    const answer = new Answer(controller, new AnswerText("raw", undefined), setup);
    const reader = new StreamReader(dialect, answer);
    for (const chunk of chunks) reader.push(chunk);
    return text;
  };
}
