import { criaModelPath } from "@llama2-kit/cria";
import { expect, test, vi } from "vitest";
import type { AppState, BenchmarkEvent } from "../../src/app-api.ts";
import { CHAT, eventsOf, send, useApp } from "./start-app.ts";

const app = useApp();

test("every tab is told of every model, from what there is to what there will be", async () => {
  const follow = async () => {
    const seen: AppState["model"][] = [];
    const stop = new AbortController();
    const response = await send(app(), "GET", "/app/events", undefined, { signal: stop.signal });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    for await (const { model } of eventsOf(response)) {
      seen.push(model);
      if (seen.length === 1) isFollowing();
      if (model.status === "ready" && model.answering.source === criaModelPath) break;
    }
    stop.abort();
    return seen;
  };
  let following = 0;
  let begin = () => {};
  const both = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const isFollowing = () => {
    if (++following === 2) begin();
  };
  const tabs = Promise.all([follow(), follow()]);
  await both;
  await send(app(), "POST", "/app/model", { model: criaModelPath });
  for (const seen of await tabs) {
    expect(seen[0]).toMatchObject({ status: "ready", answering: { source: "cria" } });
    expect(seen.at(-2)).toMatchObject({ status: "loading", source: criaModelPath });
  }
});

test("a tab that is gone is not told any more", async () => {
  const { holder } = app();
  const stop = new AbortController();
  const states = vi.spyOn(holder, "states");
  const response = await send(app(), "GET", "/app/events", undefined, { signal: stop.signal });
  await response.body?.getReader().read();
  const signal = states.mock.calls[0]?.[0];
  expect(signal?.aborted).toBe(false);
  stop.abort();
  await vi.waitFor(() => expect(signal?.aborted).toBe(true));
  states.mockRestore();
});

test("an answer that nobody waits for any more is not generated to its end", async () => {
  const stop = new AbortController();
  const endless = { ...CHAT, stream: true, logit_bias: { 2: -100 } };
  const response = await send(app(), "POST", "/v1/chat/completions", endless, {
    signal: stop.signal,
  });
  await response.body?.getReader().read();
  expect(app().holder.answering?.model.load.running).toBe(1);
  stop.abort();
  await vi.waitFor(() => expect(app().holder.answering?.model.load.running).toBe(0));
});

test("the benchmark goes from prompt to generation to its result", async () => {
  const events: BenchmarkEvent[] = [];
  const response = await send(app(), "POST", "/app/benchmark", {});
  for await (const event of eventsOf<BenchmarkEvent>(response)) events.push(event);
  const phases = [...new Set(events.map(({ phase }) => phase))];
  expect(phases).toEqual(["prompt", "generation", "done"]);
  for (const event of events) {
    if ("fraction" in event) {
      expect(event.fraction).toBeGreaterThanOrEqual(0);
      expect(event.fraction).toBeLessThanOrEqual(1);
    }
  }
  const last = events.at(-1);
  expect(last).toMatchObject({ result: { promptTokens: 256, generatedTokens: 128 } });
  if (last?.phase !== "done") throw new Error("unreachable");
  expect(last.result.promptTokensPerSecond).toBeGreaterThan(0);
  expect(last.result.generatedTokensPerSecond).toBeGreaterThan(0);
});

test("a benchmark that is left ends", async () => {
  const stop = new AbortController();
  const response = await send(app(), "POST", "/app/benchmark", {}, { signal: stop.signal });
  await response.body?.getReader().read();
  stop.abort();
  await vi.waitFor(() => expect(app().holder.answering?.model.load.running).toBe(0));
});
