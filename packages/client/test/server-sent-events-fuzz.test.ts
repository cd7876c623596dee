// Random streams, read by us and by eventsource-parser. FUZZ=100000 makes as many of them.
import { createParser } from "eventsource-parser";
import { expect, test } from "vitest";
import { SseParser } from "../src/sse-parser.ts";
import { cut } from "./chunked.ts";
import { Random } from "./random.ts";

const { FUZZ = "5000" } = process.env;
const STREAMS = Number(FUZZ);

const NEWLINES = ["\n", "\r", "\r\n"];
const NAMES = ["data", "data", "data", "event", "id", "retry", "", "foo", "dat", "datax", " data"];
const VALUES = [
  "",
  "a",
  " a",
  "  ",
  "🦙",
  "é漢",
  '{"a":"b"}',
  "\ufeff",
  "\u2028",
  "a:b",
  "12",
  "\0",
  "[DONE]",
];

interface Told {
  readonly type: string;
  readonly data: string;
}

function randomStream(random: Random): string {
  let text = random.below(8) === 0 ? "\ufeff" : "";
  for (let line = random.below(20); line > 0; line--) {
    const isField = random.below(4) > 0;
    if (isField) {
      const colon = random.of([":", ": ", ": ", ""]);
      text += random.of(NAMES) + colon + random.of(VALUES) + random.of(VALUES);
    }
    text += random.of(NEWLINES);
  }
  // The peer waits to see whether an LF follows a CR at the very end, which makes no difference to a reader.
  return text.replace(/\r$/, "\n");
}

function readOurs(chunks: readonly Uint8Array[]): Told[] {
  const told: Told[] = [];
  const parser = new SseParser({ event: (data, type) => told.push({ type, data }) });
  for (const chunk of chunks) parser.push(chunk);
  parser.end();
  return told;
}

function readTheirs(bytes: Uint8Array): Told[] {
  const told: Told[] = [];
  const parser = createParser({
    onEvent: ({ event = "", data }) => told.push({ type: event, data }),
  });
  parser.feed(new TextDecoder().decode(bytes));
  return told;
}

test(`${STREAMS} random streams, each cut at random`, () => {
  const random = new Random(20261122);
  for (let index = 0; index < STREAMS; index++) {
    const stream = randomStream(random);
    const bytes = new TextEncoder().encode(stream);
    const wanted = JSON.stringify(readTheirs(bytes));
    for (const cuts of [random.cuts(bytes.length), 1]) {
      const got = JSON.stringify(readOurs(cut(bytes, cuts)));
      if (got !== wanted) expect(got, JSON.stringify({ stream, cuts })).toBe(wanted);
    }
  }
});
