import { describe, expect, test } from "vitest";
import {
  ClientError,
  parseServerSentEvents,
  type ServerSentEvent,
  type ServerSentEventOptions,
} from "../src/index.ts";
import { cut, streamOf } from "./chunked.ts";

const encode = (text: string) => new TextEncoder().encode(text);

async function parse(
  chunks: readonly Uint8Array[],
  options?: ServerSentEventOptions,
): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  for await (const event of parseServerSentEvents(streamOf(chunks), options)) events.push(event);
  return events;
}

const message = (data: string, lastEventId = "", type = "message") => ({ type, data, lastEventId });

/** The cases of the standard's text, of WPT's `eventsource/format-*`, and of eventsource-parser's tests, as facts. */
const VECTORS: readonly [name: string, stream: string, events: ServerSentEvent[]][] = [
  ["nothing", "", []],
  ["one event", "data: a\n\n", [message("a")]],
  ["no space after the colon", "data:a\n\n", [message("a")]],
  ["one space is dropped, and no more", "data:  a\n\n", [message(" a")]],
  ["a tab is no space", "data:\ta\n\n", [message("\ta")]],
  ["spaces at the end stay", "data: a  \n\n", [message("a  ")]],
  ["lines of data are joined", "data: YHOO\ndata: +2\ndata: 10\n\n", [message("YHOO\n+2\n10")]],
  ["empty data is an event", "data\n\n", [message("")]],
  ["two lines of empty data", "data\ndata\n\ndata:", [message("\n")]],
  ["a colon and nothing", "data:\n\n", [message("")]],
  ["blank lines are none", "\n\n\n\n", []],
  ["an event of a type", "event: add\ndata: 1\n\n", [message("1", "", "add")]],
  [
    "a type is of one event",
    "event: add\ndata: 1\n\ndata: 2\n\n",
    [message("1", "", "add"), message("2")],
  ],
  ["an empty type is none", "event: add\nevent:\ndata: 1\n\n", [message("1")]],
  ["a type without data is no event", "event: add\n\ndata: 1\n\n", [message("1")]],
  ["the last of two types", "event: a\nevent: b\ndata: 1\n\n", [message("1", "", "b")]],
  ["an id stays", "id: 1\ndata: a\n\ndata: b\n\n", [message("a", "1"), message("b", "1")]],
  ["an id is taken back", "id: 1\ndata: a\n\nid\ndata: b\n\n", [message("a", "1"), message("b")]],
  ["an id without data counts", "id: 7\n\ndata: b\n\n", [message("b", "7")]],
  ["an id with NUL is ignored", "id: 1\0\ndata: a\n\n", [message("a")]],
  ["a comment", ": test stream\n\ndata: first\n\n", [message("first")]],
  ["comments between lines", ":\ndata: a\n:x\ndata: b\n:\n\n", [message("a\nb")]],
  ["unknown fields", "data: a\nfoo: b\nbaz\nxdata: c\n\n", [message("a")]],
  ["names are case-sensitive", "DATA: a\nData: b\n\ndata: c\n\n", [message("c")]],
  ["a space before the name", " data: a\n\ndata: b\n\n", [message("b")]],
  ["a space before the colon", "data : a\n\ndata: b\n\n", [message("b")]],
  ["CR", "data: a\r\rdata: b\r\r", [message("a"), message("b")]],
  ["CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", [message("a"), message("b")]],
  [
    "all of them",
    "data: a\r\ndata: b\rdata: c\n\ndata: d\r\n\n",
    [message("a\nb\nc"), message("d")],
  ],
  ["LF and then CR is two", "data: a\n\rdata: b\n\n", [message("a"), message("b")]],
  ["a mark at the beginning", "\ufeffdata: a\n\n", [message("a")]],
  ["a second mark is text", "\ufeff\ufeffdata: a\n\ndata: b\n\n", [message("b")]],
  ["a mark later is text", "data: a\n\n\ufeffdata: b\n\ndata: c\n\n", [message("a"), message("c")]],
  ["a mark within data", "data: \ufeffa\n\n", [message("\ufeffa")]],
  [
    "other line ends of Unicode",
    "data: a\u2028b\u2029c\u0085d\n\n",
    [message("a\u2028b\u2029c\u0085d")],
  ],
  ["form feed and vertical tab", "data: a\fb\vc\n\n", [message("a\fb\vc")]],
  ["NUL in data", "data: a\0b\n\n", [message("a\0b")]],
  ["characters of every length", "data: aé漢🦙\n\n", [message("aé漢🦙")]],
  ["an unfinished event is dropped", "data: a\n\ndata: b\n", [message("a")]],
  ["an unfinished line is dropped", "data: a\n\ndata: b", [message("a")]],
  ["only an unfinished event", "data: a", []],
  ["a colon in data", "data: a: b: c\n\n", [message("a: b: c")]],
  ["a retry is no event", "retry: 1000\ndata: a\n\n", [message("a")]],
];

describe.each(VECTORS)("%s", (_name, stream, events) => {
  test("at once", async () => expect(await parse([encode(stream)])).toEqual(events));

  test("byte by byte", async () => {
    expect(await parse(cut(encode(stream), 1))).toEqual(events);
  });

  test("cut in two anywhere, with an empty chunk there", async () => {
    const bytes = encode(stream);
    for (let at = 0; at <= bytes.length; at++) {
      const chunks = [bytes.subarray(0, at), new Uint8Array(), bytes.subarray(at)];
      expect(await parse(chunks), `cut at ${at}`).toEqual(events);
    }
  });
});

test("bytes that are not UTF-8 become replacement characters", async () => {
  const bytes = Uint8Array.of(...encode("data: a"), 0xf0, 0x9f, ...encode("b"), 0xff, 10, 10);
  for (const chunks of [[bytes], cut(bytes, 1)]) {
    expect(await parse(chunks)).toEqual([message("a\ufffdb\ufffd")]);
  }
});

test("an unfinished character at the end harms nothing", async () => {
  const bytes = Uint8Array.of(...encode("data: a\n\ndata: "), 0xf0, 0x9f);
  expect(await parse(cut(bytes, 1))).toEqual([message("a")]);
});

test("comments and retries are told", async () => {
  const told: unknown[] = [];
  const options = {
    onComment: (text: string) => told.push(text),
    onRetry: (ms: number) => told.push(ms),
  };
  await parse(
    [encode(": hi\n:ho\nretry: 250\nretry: 1.5\nretry: -1\nretry:\nretry: 09\n")],
    options,
  );
  expect(told).toEqual(["hi", "ho", 250, 9]);
});

test("the standard's examples of a comment that goes on, and of two events of one", async () => {
  const stream = "data: test\n\ndata:test\n\n";
  expect(await parse([encode(stream)])).toEqual([message("test"), message("test")]);
});

test("an async iterable will do, and null is an empty stream", async () => {
  async function* source() {
    yield encode("data: a\n");
    yield encode("\n");
  }
  const events: ServerSentEvent[] = [];
  for await (const event of parseServerSentEvents(source())) events.push(event);
  for await (const event of parseServerSentEvents(null)) events.push(event);
  expect(events).toEqual([message("a")]);
});

test("leaving the loop cancels the source", async () => {
  let cancelled = false;
  const source = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(encode("data: a\n\n")),
    cancel: () => {
      cancelled = true;
    },
  });
  for await (const event of parseServerSentEvents(source)) {
    expect(event).toEqual(message("a"));
    break;
  }
  expect(cancelled).toBe(true);
});

test("what the source throws is thrown, after the events before it", async () => {
  async function* source() {
    yield encode("data: a\n\n");
    throw new Error("broke");
  }
  const events: ServerSentEvent[] = [];
  const read = async () => {
    for await (const event of parseServerSentEvents(source())) events.push(event);
  };
  await expect(read()).rejects.toThrow("broke");
  expect(events).toEqual([message("a")]);
});

describe("an event that is too long", () => {
  const tooLong = { code: "BAD_RESPONSE" };

  test.each([
    ["in one line", `data: ${"x".repeat(200)}`],
    ["in many lines", "data: x\n".repeat(200)],
    ["in a line that is no field", "x".repeat(200)],
    ["in a comment", `:${"x".repeat(200)}`],
  ])("%s", async (_name, stream) => {
    for (const size of [1, 7, 1000]) {
      const parsed = parse(cut(encode(stream), size), { maxEventLength: 100 });
      await expect(parsed).rejects.toMatchObject(tooLong);
    }
  });

  test("is refused after those before it", async () => {
    const events: ServerSentEvent[] = [];
    const source = streamOf([encode(`data: a\n\ndata: ${"x".repeat(200)}`)]);
    const read = async () => {
      const parsed = parseServerSentEvents(source, { maxEventLength: 100 });
      for await (const event of parsed) events.push(event);
    };
    await expect(read()).rejects.toSatisfy(ClientError.isInstance);
    expect(events).toEqual([message("a")]);
  });

  test("is no matter of how many there are", async () => {
    const stream = encode("data: 12345678\n\n".repeat(1000));
    expect(await parse(cut(stream, 100), { maxEventLength: 100 })).toHaveLength(1000);
  });
});
