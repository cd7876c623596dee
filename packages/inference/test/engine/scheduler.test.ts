import type { ChatMessage, GenerationStream } from "@llama2-kit/protocol";
import { describe, expect, test } from "vitest";
import { loadCria, useCria } from "../support/cria.ts";

const SEQUENCES = 8;
const cria = useCria({ sequences: SEQUENCES, maxQueue: 100 });
const greedy = { temperature: 0 };
const NAMES = ["Zoe", "Tom", "Anna", "Ben", "Mia", "Sam", "Lily", "Max"];
const ask = (content: string): ChatMessage[] => [{ role: "user", content }];

/** A conversation whose answer tells whether it got mixed up with another one. */
function conversation(index: number): { messages: ChatMessage[]; name: string } {
  const name = NAMES[index % NAMES.length] ?? "";
  const story = index % 4 === 3 ? [...ask("Tell me a story about a fox."), said("Once.")] : [];
  const messages = [
    ...story,
    ...ask(`My name is ${name}.`),
    said(`Nice to meet you, ${name}!`),
    ...ask("What is my name?"),
  ];
  return { messages, name };
}

function said(content: string): ChatMessage {
  return { role: "assistant", content };
}

/** A random number from 0 to 1 that is the same in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("many at once", () => {
  test("64 conversations over 8 sequences, a third of them aborted: no other notices", async () => {
    const random = createRandom(5);
    const runs = Array.from({ length: 64 }, (_, index) => {
      const { messages, name } = conversation(index);
      const abort = new AbortController();
      const stream = cria().chat(messages, { ...greedy, signal: abort.signal });
      const isAborted = index % 3 === 0;
      if (isAborted) setTimeout(() => abort.abort(), random() * 800);
      return { stream, name, isAborted };
    });
    for (const { stream, name, isAborted } of runs) {
      const { text, finishReason, usage } = await stream.result;
      const answer = `Your name is ${name}.`;
      if (isAborted && finishReason === "aborted")
        expect(answer.startsWith(text.trimEnd())).toBe(true);
      else expect(text).toBe(answer);
      expect(usage.cachedTokens).toBeLessThan(usage.promptTokens);
    }
    expect(cria().load).toEqual({ sequences: SEQUENCES, running: 0, waiting: 0 });
    expect(await cria().chat(ask("My name is Zoe."), greedy).text()).toBe("Nice to meet you, Zoe!");
  });

  test("system prompts stay with their conversations", async () => {
    const systems = ["Always answer in capital letters.", undefined];
    const alone: string[] = [];
    const messages = systems.map((system) => [
      ...(system ? [{ role: "system", content: system } as const] : []),
      ...ask("My name is Zoe."),
    ]);
    for (const each of messages) alone.push(await cria().chat(each, greedy).text());
    expect(alone[0]).not.toBe(alone[1]);
    const together = Array.from({ length: 16 }, (_, index) =>
      cria()
        .chat(messages[index % 2] ?? [], greedy)
        .text(),
    );
    expect(await Promise.all(together)).toEqual(together.map((_, index) => alone[index % 2]));
  });

  test("short requests by the hundreds leave nothing behind", async () => {
    const { SOAK = "300" } = process.env;
    const count = Number(SOAK);
    const options = { ...greedy, maxTokens: 3 };
    const heaps: number[] = [];
    for (let done = 0; done < count; done += 50) {
      const streams = Array.from({ length: 50 }, (_, index) =>
        cria().chat(ask(`My name is ${NAMES[(done + index) % NAMES.length]}.`), options),
      );
      for (const { result } of streams)
        expect((await result).text).toMatch(/^(Nice to meet|Hi M\w+)/);
      globalThis.gc?.();
      heaps.push(process.memoryUsage().rss);
    }
    expect(cria().load).toEqual({ sequences: SEQUENCES, running: 0, waiting: 0 });
    const [early = 0] = heaps.slice(Math.floor(heaps.length / 3));
    expect((heaps.at(-1) ?? 0) - early).toBeLessThan(64 * 2 ** 20);
  });
});

describe("the cache", () => {
  test("every conversation's next turn finds its own, among several", async () => {
    const firsts = NAMES.map((name) => ask(`My name is ${name}.`));
    const answers = await Promise.all(
      firsts.map((messages) => cria().chat(messages, greedy).text()),
    );
    const seconds = firsts.map((messages, index) => [
      ...messages,
      said(answers[index] ?? ""),
      ...ask("What is my name?"),
    ]);
    const results = await Promise.all(seconds.map((each) => cria().chat(each, greedy).result));
    for (const [index, { text, usage }] of results.entries()) {
      expect(text).toBe(`Your name is ${NAMES[index]}.`);
      expect(usage.cachedTokens).toBeGreaterThan(20);
    }
  });
});

describe("order", () => {
  /** Which of the streams ended before which, by their places. */
  async function orderOfEnds(streams: readonly GenerationStream[]): Promise<number[]> {
    const order: number[] = [];
    await Promise.all(streams.map(({ result }, index) => result.then(() => order.push(index))));
    return order;
  }

  test("a higher priority goes first, and equals as they came", async () => {
    await using model = await loadCria({ sequences: 1 });
    const priorities = [0, 0, 5, 0, 5];
    const streams = priorities.map((priority) =>
      model.chat(ask("My name is Zoe."), { ...greedy, maxTokens: 2, priority }),
    );
    // All were asked for in one moment, before the first one could begin.
    expect(await orderOfEnds(streams)).toEqual([2, 4, 0, 1, 3]);
  });

  test("a long prompt does not hold up an answer under way", async () => {
    await using model = await loadCria({ sequences: 2, batchSize: 32 });
    const story = model.chat(ask("Tell me a story about a fox."), { ...greedy, maxTokens: 60 });
    const words = story.textStream()[Symbol.asyncIterator]();
    await words.next();
    const long = model.complete([1, ...model.tokenize("one two ".repeat(200))], { maxTokens: 1 });
    const order = await orderOfEnds([story, long]);
    const progress = [];
    for await (const event of long) if (event.type === "prompt") progress.push(event);
    // A quarter of a batch at a time, as long as there is an answer to keep going.
    expect(progress.length).toBeGreaterThan(400 / 32);
    expect(progress.at(-1)?.processedTokens).toBe(progress.at(-1)?.promptTokens);
    expect(order).toHaveLength(2);
  });

  test("a full queue refuses, and says so", async () => {
    await using model = await loadCria({ sequences: 1, maxQueue: 2 });
    const streams = [1, 2, 3, 4].map(() => model.chat(ask("My name is Zoe."), greedy));
    await expect(streams[3]?.result).rejects.toMatchObject({
      code: "QUEUE_FULL",
      message: expect.stringMatching(/maxQueue/),
    });
    for (const stream of streams.slice(0, 3))
      expect((await stream.result).finishReason).toBe("stop");
    expect((await model.chat(ask("My name is Zoe."), greedy).result).finishReason).toBe("stop");
  });
});

describe("sessions that are idle", () => {
  test("make no room in the queue for others", async () => {
    await using model = await loadCria({ sequences: 1, maxQueue: 1 });
    const session = await model.openSession();
    const waiting = model.chat(ask("My name is Zoe."), greedy);
    await expect(model.chat(ask("My name is Tom."), greedy).result).rejects.toMatchObject({
      code: "QUEUE_FULL",
    });
    await session.dispose();
    expect(await waiting.text()).toBe("Nice to meet you, Zoe!");
  });

  test("each begin at once, however short the queue", async () => {
    await using model = await loadCria({ sequences: 2, maxQueue: 0 });
    const sessions = [await model.openSession(), await model.openSession()];
    const streams = sessions.map((session) => session.chat(ask("My name is Zoe."), greedy));
    for (const stream of streams) expect(await stream.text()).toBe("Nice to meet you, Zoe!");
  });
});

describe("ending", () => {
  test("an abort while the prompt is read ends at once, and the rest of it is not read", async () => {
    await using model = await loadCria({ sequences: 1, batchSize: 8 });
    const abort = new AbortController();
    const prompt = [1, ...model.tokenize("one two ".repeat(200))];
    const stream = model.complete(prompt, { signal: abort.signal });
    let read = 0;
    for await (const event of stream) {
      if (event.type === "prompt") read = event.processedTokens;
      if (read >= 24) abort.abort();
    }
    expect(read).toBe(24);
    expect(await stream.result).toMatchObject({ finishReason: "aborted", text: "" });
    expect((await model.complete(prompt, { maxTokens: 1 }).result).usage.cachedTokens).toBeLessThan(
      50,
    );
  });

  test("who waits and aborts leaves at once", async () => {
    await using model = await loadCria({ sequences: 1 });
    const first = model.chat(ask("Tell me a story about a fox."), greedy);
    const abort = new AbortController();
    const second = model.chat(ask("Tell me a story."), { signal: abort.signal });
    await first.textStream()[Symbol.asyncIterator]().next();
    abort.abort();
    expect(await second.result).toMatchObject({
      finishReason: "aborted",
      usage: { completionTokens: 0 },
    });
    expect(model.load).toMatchObject({ running: 1, waiting: 0 });
    await first.result;
  });

  test("draining lets everything end, and refuses what comes", async () => {
    const model = await loadCria({ sequences: 2 });
    const streams = NAMES.map((name) => model.chat(ask(`My name is ${name}.`), greedy));
    await Promise.resolve();
    const drained = model.dispose({ drain: true });
    await expect(model.chat(ask("Hi")).result).rejects.toMatchObject({ code: "DISPOSED" });
    await drained;
    for (const [index, { result }] of streams.entries()) {
      expect((await result).text).toContain(`${NAMES[index]}!`);
    }
  });

  test("a dispose cuts draining short", async () => {
    const model = await loadCria({ sequences: 1 });
    const streams = NAMES.map(() => model.chat(ask("Tell me a story about a fox."), greedy));
    await streams[0]?.textStream()[Symbol.asyncIterator]().next();
    const drained = model.dispose({ drain: true });
    await model.dispose();
    await drained;
    for (const { result } of streams) expect((await result).finishReason).toBe("aborted");
  });
});
