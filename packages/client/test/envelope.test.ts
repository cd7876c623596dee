// The fast path must come to the same as parsing every event, whatever a server does.
import { createGenerationStream, type GenerationOutcome } from "@llama2-kit/protocol";
import { expect, test } from "vitest";
import { Answer } from "../src/answer.ts";
import { AnswerText } from "../src/answer-text.ts";
import type { Dialect } from "../src/dialect.ts";
import { openai } from "../src/dialects/openai.ts";
import { openAIExtras } from "../src/dialects/openai-extras.ts";
import { StreamReader } from "../src/stream-reader.ts";
import { cut, streamOf } from "./chunked.ts";
import { Random } from "./random.ts";

const withoutFastPath = openai();
const withFastPath = { ...withoutFastPath, ...openAIExtras };

/** What came of a stream: its pieces, its result or its error. */
async function read(dialect: Dialect, chunks: readonly Uint8Array[]): Promise<unknown> {
  const stream = createGenerationStream(async (controller): Promise<GenerationOutcome> => {
    const setup = { wantsLogprobs: true, warnings: [], startedAt: performance.now() };
    const answer = new Answer(controller, new AnswerText("raw", undefined), setup);
    const reader = new StreamReader(dialect, answer);
    for await (const chunk of streamOf(chunks) as unknown as AsyncIterable<Uint8Array>) {
      reader.push(chunk);
    }
    reader.end();
    return { ...answer.outcome(answer.finishReason ?? "stop"), timings: { totalMs: 0 } };
  });
  const events: unknown[] = [];
  try {
    for await (const event of stream) events.push(event);
  } catch (error) {
    events.push(String(error));
  }
  return events;
}

const TEXTS = [
  "a",
  " the",
  "",
  '"',
  "\\",
  "\n",
  "🦙",
  "\u2028",
  "\ud83e",
  "</s>",
  '","content":"',
  "}]}\n\ndata: ",
];

/** An event as servers write them: mostly alike, and now and then one that is different. */
function randomEvent(random: Random, style: number): string {
  const text = JSON.stringify(random.of(TEXTS));
  const written = style === 1 ? escapeAll(text) : text;
  const delta = random.of([
    `{"content":${written}}`,
    `{"content":${written}}`,
    '{"role":"assistant"}',
    "{}",
  ]);
  const more = random.of(["", "", "", `,"logprobs":null`, `,"token_ids":[1]`]);
  const reason = random.below(30) === 0 ? '"stop"' : "null";
  const choice = `{"index":${random.of([0, 0, 0, 0, 1])},"delta":${delta}${more},"finish_reason":${reason}}`;
  return `{"id":"a","created":${random.of([1, 1, 1, 2])},"choices":[${choice}]}`;
}

/** As Python writes JSON. */
function escapeAll(json: string): string {
  return json.replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

test("random streams", async () => {
  const random = new Random(7);
  for (let index = 0; index < 400; index++) {
    const style = random.below(2);
    const field = random.of(["data: ", "data:"]);
    const newline = random.of(["\n", "\r\n"]);
    const events = Array.from({ length: 1 + random.below(40) }, () => randomEvent(random, style));
    const text = events.map((event) => `${field}${event}${newline}${newline}`).join("");
    const bytes = new TextEncoder().encode(text);
    const chunks = cut(bytes, random.cuts(bytes.length));
    expect(await read(withFastPath, chunks), text).toEqual(await read(withoutFastPath, chunks));
  }
});

const event = (content: string) => `{"choices":[{"index":0,"delta":{"content":${content}}}]}`;

test.each([
  ["the text twice", ['{"a":"x","choices":[{"index":0,"delta":{"content":"x"}}],"b":"x"}']],
  [
    "the field twice",
    [
      '{"choices":[{"index":0,"delta":{"content":"x","content":"x"}}]}',
      '{"choices":[{"index":0,"delta":{"content":"y","content":"x"}}]}',
      '{"choices":[{"index":0,"delta":{"content":"x","content":"y"}}]}',
    ],
  ],
  [
    "choices twice",
    [
      '{"choices":[{"index":0,"delta":{"content":"x"}}],"choices":[{"index":0,"delta":{"content":"z"}}]}',
      '{"choices":[{"index":0,"delta":{"content":"y"}}],"choices":[{"index":0,"delta":{"content":"z"}}]}',
    ],
  ],
  ["a text that ends the envelope", [event('"a"'), event('"b"}}]}'), event('"c"')]],
  ["a bad escape", [event('"a"'), event('"\\x"'), event('"c"')]],
  ["a control character", [event('"a"'), event('"\u0001"'), event('"c"')]],
  ["half a surrogate pair after the other", [event('"\\ud83e"'), event('"\\udd99"')]],
  ["a longer end", [event('"a"'), `${event('"b"')} `, event('"c"')]],
  ["no string", [event('"a"'), event("1"), event("null"), event('"c"')]],
  ["events after the end", [event('"a"'), "[DONE]", event('"b"')]],
])("%s", async (_name, events) => {
  const text = [...events, ...events].map((data) => `data: ${data}\n\n`).join("");
  const chunks = [new TextEncoder().encode(text)];
  expect(await read(withFastPath, chunks)).toEqual(await read(withoutFastPath, chunks));
});
