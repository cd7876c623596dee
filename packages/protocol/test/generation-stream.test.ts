import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  createGenerationStream,
  type GenerationController,
  type GenerationEvent,
  type GenerationOutcome,
  type GenerationStream,
  Llama2KitError,
} from "../src/index.ts";

const outcome: GenerationOutcome = {
  finishReason: "stop",
  usage: { promptTokens: 3, cachedTokens: 0, completionTokens: 2 },
  timings: { totalMs: 1 },
};

/** Says the words one tick apart, until it is aborted. */
function speak(words: string[], signal?: AbortSignal): GenerationStream {
  return createGenerationStream(async (controller) => {
    for (const word of words) {
      await sleep(1);
      if (controller.signal.aborted) return { ...outcome, finishReason: "aborted" };
      controller.text(word, [word.length]);
    }
    return outcome;
  }, signal);
}

async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}

const fail = async ({ text }: GenerationController): Promise<never> => {
  text("so far");
  await sleep(1);
  throw new Llama2KitError("broken", "it broke");
};

describe("reading", () => {
  test("events are the texts, then one finish with the whole text", async () => {
    const events = await collect<GenerationEvent>(speak(["a", "bc"]));
    expect(events).toEqual([
      { type: "text", text: "a", tokens: [1] },
      { type: "text", text: "bc", tokens: [2] },
      { type: "finish", result: { text: "abc", ...outcome } },
    ]);
  });

  test("text, textStream and result agree, in any number and at any time", async () => {
    const stream = speak(["a", "bc"]);
    const early = collect(stream.textStream());
    expect(await stream.text()).toBe("abc");
    expect(await early).toEqual(["a", "bc"]);
    expect(await collect(stream.textStream())).toEqual(["a", "bc"]);
    expect(await stream.result).toEqual({ text: "abc", ...outcome });
  });

  test("a web stream has the same events", async () => {
    const events = await collect(speak(["a"]).toReadableStream() as never);
    expect(events).toHaveLength(2);
  });

  test("calls to next() that overlap lose nothing", async () => {
    const iterator = speak(["a", "b"])[Symbol.asyncIterator]();
    const steps = await Promise.all([
      iterator.next(),
      iterator.next(),
      iterator.next(),
      iterator.next(),
    ]);
    expect(steps.map((step) => (step.done ? "done" : step.value.type))).toEqual([
      "text",
      "text",
      "finish",
      "done",
    ]);
  });
});

describe("aborting", () => {
  test("the caller's signal finishes the stream as aborted, without an error", async () => {
    const abort = new AbortController();
    const stream = speak(["a", "b", "c"], abort.signal);
    for await (const event of stream) if (event.type === "text") abort.abort();
    expect(await stream.result).toMatchObject({ text: "a", finishReason: "aborted" });
  });

  test("a signal that fired before the call counts", async () => {
    expect(await speak(["a"], AbortSignal.abort()).result).toMatchObject({
      finishReason: "aborted",
    });
  });

  test.each(["events", "textStream"] as const)("leaving a loop over %s aborts", async (kind) => {
    const stream = speak(["a", "b", "c"]);
    for await (const _ of kind === "events" ? stream : stream.textStream()) break;
    expect(await stream.result).toMatchObject({ text: "a", finishReason: "aborted" });
  });

  test("leaving a loop after the finish changes nothing", async () => {
    const stream = speak(["a"]);
    for await (const event of stream) if (event.type === "finish") break;
    expect(await stream.result).toMatchObject({ finishReason: "stop" });
  });

  test("cancelling a web stream aborts at once, though a read is pending", async () => {
    const stream = createGenerationStream(async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return { ...outcome, finishReason: "aborted" };
    });
    const reader = stream.toReadableStream().getReader();
    const pending = reader.read();
    await reader.cancel();
    expect((await pending).done).toBe(true);
    expect(await stream.result).toMatchObject({ finishReason: "aborted" });
  });

  test("return() ends a next() that is pending, before the backend does anything", async () => {
    const iterator = createGenerationStream(() => new Promise(() => {}))[Symbol.asyncIterator]();
    const pending = iterator.next();
    await iterator.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
  });

  test("the caller's signal keeps no listener once the stream has ended", async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    signal.addEventListener = () => listeners++;
    signal.removeEventListener = () => listeners--;
    await speak(["a"], signal).result;
    expect(listeners).toBe(0);
  });
});

describe("failing", () => {
  test("every way of reading throws the error, with the text so far", async () => {
    const stream = createGenerationStream(fail);
    const expected = { code: "broken", partialText: "so far" };
    await expect(collect(stream)).rejects.toMatchObject(expected);
    await expect(collect(stream.textStream())).rejects.toMatchObject(expected);
    await expect(stream.text()).rejects.toMatchObject(expected);
    await expect(stream.result).rejects.toMatchObject(expected);
    await expect(collect(stream.toReadableStream() as never)).rejects.toMatchObject(expected);
  });

  test("the text before the failure arrives", async () => {
    const texts: string[] = [];
    const read = async () => {
      for await (const text of createGenerationStream(fail).textStream()) texts.push(text);
    };
    await expect(read()).rejects.toThrow("it broke");
    expect(texts).toEqual(["so far"]);
  });

  test("a failure that nobody reads does not end the process", async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", listener);
    createGenerationStream(fail);
    await sleep(20);
    process.off("unhandledRejection", listener);
    expect(unhandled).toEqual([]);
  });
});
