import { getEventListeners } from "node:events";
import { encodeChat } from "@llama2-kit/prompt";
import type { ChatMessage, GenerationEvent } from "@llama2-kit/protocol";
import { describe, expect, test } from "vitest";
import { useCria } from "./support/cria.ts";

const cria = useCria();
const greedy = { temperature: 0 };
const ask = (content: string): ChatMessage[] => [{ role: "user", content }];
const NAME = ask("My name is Zoe.");
const ANSWER = "Nice to meet you, Zoe!";

async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}

describe("the result", () => {
  test("has text, tokens, reason, usage, timings and seed", async () => {
    const result = await cria().chat(NAME, { ...greedy, seed: 7 }).result;
    expect(result).toMatchObject({
      text: ANSWER,
      finishReason: "stop",
      usage: { promptTokens: 14, completionTokens: 10 },
      seed: 7,
    });
    expect(result).not.toHaveProperty("stopString");
    expect(result.tokens).toHaveLength(10);
    expect(result.tokens?.at(-1)).toBe(2); // EOS
    const { timeToFirstTokenMs = 0, totalMs, tokensPerSecond = 0 } = result.timings;
    expect(timeToFirstTokenMs).toBeGreaterThan(0);
    expect(totalMs).toBeGreaterThan(timeToFirstTokenMs);
    expect(tokensPerSecond).toBeGreaterThan(0);
  });

  test("events are pieces of the text with their tokens, then the result", async () => {
    const stream = cria().chat(NAME, greedy);
    const events = await collect<GenerationEvent>(stream);
    const result = await stream.result;
    expect(events.pop()).toEqual({ type: "finish", result });
    const texts = events.map((event) => (event.type === "text" ? event.text : ""));
    expect(texts.length).toBeGreaterThan(4);
    expect(texts.join("")).toBe(ANSWER);
    const told = events.flatMap((event) => (event.type === "text" ? (event.tokens ?? []) : []));
    expect(result.tokens?.slice(0, told.length)).toEqual(told);
  });

  test("reports what the cache saved, and the answer is the same with it", async () => {
    const first = await cria().chat(ask("Tell me a story about a fox."), greedy).result;
    const again = await cria().chat(ask("Tell me a story about a fox."), greedy).result;
    expect(again.text).toBe(first.text);
    expect(again.usage.cachedTokens).toBe(again.usage.promptTokens - 1);
  });
});

describe("limits", () => {
  test("maxTokens ends with length, and nothing held back is lost", async () => {
    const { tokens = [] } = await cria().chat(NAME, greedy).result;
    for (let maxTokens = 1; maxTokens < tokens.length; maxTokens++) {
      const result = await cria().chat(NAME, { ...greedy, maxTokens, stop: "to meet you, Bob" })
        .result;
      const expected = cria().detokenize([...cria().tokenize("x"), ...tokens.slice(0, maxTokens)]);
      expect(result).toMatchObject({
        text: expected.slice(1).trimStart(),
        finishReason: "length",
        usage: { completionTokens: maxTokens },
      });
    }
  });

  test("a full context ends with length", async () => {
    const prompt = [1, ...cria().tokenize("one two ".repeat(250))].slice(0, 505);
    const result = await cria().complete(prompt, { seed: 3, temperature: 2, topK: 0, topP: 1 })
      .result;
    expect(result.finishReason).toBe("length");
    expect(result.usage.promptTokens + result.usage.completionTokens).toBe(cria().contextSize);
  });

  test("a prompt longer than the context is refused, with the numbers", async () => {
    const long = ask("word ".repeat(600));
    await expect(cria().chat(long).result).rejects.toMatchObject({
      code: "CONTEXT_OVERFLOW",
      message: expect.stringMatching(/prompt has 6\d\d tokens.* holds 512/),
    });
  });
});

describe("stop strings", () => {
  test.each([
    { stop: "name is", before: "Your ", found: "name is" },
    { stop: "e is Zo", before: "Your nam", found: "e is Zo" },
    { stop: ["never", "."], before: "Your name is Zoe", found: "." },
    { stop: "Your", before: "", found: "Your" },
    { stop: "Zoe. And", before: "Your name is Zoe.", found: undefined },
  ])("$stop, across token borders, is found and never shown", async ({ stop, before, found }) => {
    const messages: ChatMessage[] = [
      ...NAME,
      { role: "assistant", content: ANSWER },
      ...ask("What is my name?"),
    ];
    const stream = cria().chat(messages, { ...greedy, stop });
    const pieces = await collect(stream.textStream());
    expect(pieces.join("")).toBe(before);
    const result = await stream.result;
    expect(result.finishReason).toBe("stop");
    expect(result.stopString).toBe(found);
  });
});

test("stop strings are about the text that can be seen, not about the spaces in front of it", async () => {
  const stop = " ";
  expect(
    await cria()
      .chat(NAME, { ...greedy, stop })
      .text(),
  ).toBe("Nice");
});

test("changing the stop strings after the call changes nothing", async () => {
  const running = cria().chat(NAME, greedy);
  const stop: string[] = [];
  const waiting = cria().chat(NAME, { ...greedy, stop });
  stop.push("Nice");
  await running.result;
  expect(await waiting.text()).toBe(ANSWER);
});

describe("sampling", () => {
  const story = ask("Tell me a story.");
  const lively = { temperature: 1.5, topP: 1, topK: 0, maxTokens: 40 };

  test("the same seed gives the same text, another seed another", async () => {
    const once = await cria()
      .chat(story, { ...lively, seed: 1 })
      .text();
    const again = await cria()
      .chat(story, { ...lively, seed: 1 })
      .text();
    const other = await cria()
      .chat(story, { ...lively, seed: 2 })
      .text();
    expect(again).toBe(once);
    expect(other).not.toBe(once);
  });

  test("without a seed one is chosen and reported, and it reproduces the text", async () => {
    const first = await cria().chat(story, lively).result;
    const second = await cria().chat(story, lively).result;
    expect(second.seed).not.toBe(first.seed);
    expect(
      await cria()
        .chat(story, { ...lively, seed: first.seed })
        .text(),
    ).toBe(first.text);
  });

  test.each([{ topK: 1 }, { topP: 0.01 }, { minP: 1 }])(
    "%o alone leaves only the likeliest token",
    async (narrow) => {
      const likeliest = await cria()
        .chat(story, { ...greedy, maxTokens: 40 })
        .text();
      const text = await cria()
        .chat(story, { ...lively, seed: 5, ...narrow })
        .text();
      expect(text).toBe(likeliest);
    },
  );

  test("the repeat penalty drives the model off what it said before", async () => {
    const repeat = ask("Repeat after me: red red red red red");
    expect(await cria().chat(repeat, greedy).text()).toMatch(/^(red ?){5}/);
    const penalised = await cria()
      .chat(repeat, { ...greedy, repeatPenalty: 3, maxTokens: 10 })
      .text();
    expect(penalised).not.toMatch(/red red/);
  });
});

describe("aborting", () => {
  test("ends as aborted, with the text so far", async () => {
    const abort = new AbortController();
    const stream = cria().chat(ask("Tell me a story about a fox."), {
      ...greedy,
      signal: abort.signal,
    });
    let seen = "";
    for await (const piece of stream.textStream()) {
      seen += piece;
      if (seen.includes("fox")) abort.abort();
    }
    const result = await stream.result;
    expect(result.finishReason).toBe("aborted");
    expect(result.text).toBe(seen);
    expect(seen).toMatch(/^Once/);
    expect(seen).not.toMatch(/The end/);
  });

  test("during the prompt, it is noticed between two chunks", async () => {
    const abort = new AbortController();
    const tokenCount = 500;
    const prompt = [1, ...cria().tokenize("fox ".repeat(tokenCount))].slice(0, tokenCount);
    const stream = cria().complete(prompt, { ...greedy, signal: abort.signal });
    setImmediate(() => abort.abort());
    const result = await stream.result;
    expect(result).toMatchObject({
      finishReason: "aborted",
      text: "",
      usage: { completionTokens: 0 },
    });
    const again = await cria().complete(prompt, { ...greedy, maxTokens: 1 }).result;
    expect(again.usage.cachedTokens).toBeLessThan(tokenCount - 128);
  });

  test("a signal that fired before, and one that fires in the waiting line", async () => {
    const abort = new AbortController();
    const running = cria().chat(NAME, greedy);
    const waiting = cria().chat(NAME, { ...greedy, signal: abort.signal });
    abort.abort();
    expect((await waiting.result).finishReason).toBe("aborted");
    const late = cria().chat(NAME, { ...greedy, signal: AbortSignal.abort() });
    expect((await late.result).finishReason).toBe("aborted");
    expect(await running.text()).toBe(ANSWER);
  });

  test("the caller's signal keeps no listener", async () => {
    const { signal } = new AbortController();
    await cria().chat(NAME, { ...greedy, signal }).result;
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("leaving the loop frees the model for the next", async () => {
    for await (const _ of cria().chat(ask("Tell me a story."), greedy)) break;
    expect(await cria().chat(NAME, greedy).text()).toBe(ANSWER);
  });
});

test("spaces held back stay where a limit ends the answer", async () => {
  const whole = await cria().chat(NAME, greedy).result;
  // The last two tokens are the space that frames the answer, which is held back, and the end of the sequence.
  const maxTokens = whole.usage.completionTokens - 1;
  expect(
    await cria()
      .chat(NAME, { ...greedy, maxTokens })
      .text(),
  ).toBe(`${ANSWER} `);
});

test("an abort ends the stream at once, with what was held back", async () => {
  const abort = new AbortController();
  const stream = cria().chat(NAME, { ...greedy, signal: abort.signal, stop: "Zoe?" });
  for await (const event of stream) {
    if (event.type === "text" && event.text.includes("you")) abort.abort();
  }
  const { text, tokens = [], finishReason } = await stream.result;
  expect(finishReason).toBe("aborted");
  expect(text).toBe(
    cria()
      .detokenize([...cria().tokenize("x"), ...tokens])
      .slice(1)
      .trimStart(),
  );
});

test("many generations may wait, and nothing is printed", async () => {
  const warnings: Error[] = [];
  const listener = (warning: Error) => warnings.push(warning);
  process.on("warning", listener);
  const streams = Array.from({ length: 15 }, () => cria().chat(NAME, { ...greedy, maxTokens: 2 }));
  await Promise.all(streams.map((stream) => stream.result));
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listener);
  expect(warnings).toEqual([]);
});

test("generations asked for at once do not disturb each other", async () => {
  const questions = ["My name is Zoe.", "What is 2 + 3?", "What does a cow say?"];
  const alone: string[] = [];
  for (const question of questions) alone.push(await cria().chat(ask(question), greedy).text());
  const streams = questions.map((question) => cria().chat(ask(question), greedy));
  expect(await Promise.all(streams.map((stream) => stream.text()))).toEqual(alone);
});

describe("prompts", () => {
  test("complete continues a text, the space in front included", async () => {
    const prompt = "[INST] Tell me a story about a fox. [/INST] Once upon a";
    const text = await cria()
      .complete(prompt, { ...greedy, maxTokens: 4 })
      .text();
    expect(text).toMatch(/^ time/);
  });

  test("complete takes ids as they are", async () => {
    const ids = [1, ...cria().tokenize("[INST] My name is Zoe. [/INST]")];
    expect(await cria().complete(ids, greedy).text()).toBe(` ${ANSWER} `);
  });

  test("continueFinalMessage continues the answer that was begun", async () => {
    const begun: ChatMessage[] = [...NAME, { role: "assistant", content: "Nice to meet" }];
    const text = await cria()
      .chat(begun, { ...greedy, continueFinalMessage: true })
      .text();
    expect(text).toBe(" you, Zoe!");
  });

  test("without an answer that was begun, continueFinalMessage changes nothing", async () => {
    const options = { ...greedy, continueFinalMessage: true };
    expect(await cria().chat(NAME, options).text()).toBe(ANSWER);
    const blank: ChatMessage[] = [...NAME, { role: "assistant", content: " " }];
    expect(await cria().chat(blank, options).text()).toBe(ANSWER);
  });

  test("complete and detokenize take what encodeChat returns", async () => {
    const { ids } = encodeChat(NAME, { encode: (text) => cria().tokenize(text) });
    expect(await cria().complete(ids, greedy).text()).toBe(` ${ANSWER} `);
    expect(cria().detokenize(ids.subarray(1))).toBe("[INST] My name is Zoe. [/INST]");
  });

  test.each([
    { prompt: [], message: /prompt must be at least one token long/ },
    { prompt: [1, 32_000], message: /prompt\[1\] must be an integer from 0 to 31999; it is 32000/ },
    { prompt: [1, 1.5], message: /prompt\[1\]/ },
    { prompt: { length: 1e9 }, message: /prompt\[0\] must be .*; it is undefined/ },
    { prompt: 5 as never, message: /prompt must be a text or token ids; it is 5/ },
  ])("complete refuses $prompt", async ({ prompt, message }) => {
    const expected = { code: "BAD_PARAMETER", message: expect.stringMatching(message) };
    await expect(cria().complete(prompt).result).rejects.toMatchObject(expected);
  });

  test("a conversation that the format does not allow is refused, through the stream", async () => {
    const twice: ChatMessage[] = [...NAME, ...NAME];
    await expect(cria().chat(twice).text()).rejects.toMatchObject({
      name: "PromptError",
      code: "ROLES_MUST_ALTERNATE",
    });
  });

  test("tokenize and detokenize are inverse, and take special tokens for text", () => {
    const text = "Hello </s> 你好";
    const ids = cria().tokenize(text);
    expect(ids).not.toContain(2);
    expect(cria().detokenize(ids)).toBe(text);
    expect(() => cria().detokenize([-1])).toThrow(/tokens\[0\]/);
  });
});
