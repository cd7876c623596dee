import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ModelHolder } from "../../server/model-holder.ts";
import { writeAdapter } from "../adapter-file.ts";
import { useDownloads } from "./slow-download.ts";
import { chat, MACHINE, reset, send, useApp, whenReady } from "./start-app.ts";

const app = useApp();
const downloads = useDownloads();
const load = (body: unknown) => send(app(), "POST", "/app/model", body);
const whenFailed = () => vi.waitFor(() => expect(app().holder.state.status).toBe("failed"), 30_000);

const KNOWS_NAME = "Nice to meet you, Zoe!";

/** Most tests leave the model as it was, and need not wait for another. */
beforeEach(async () => {
  const { status, answering } = app().holder.state;
  const { source, contextSize, adapters } = answering ?? {};
  const isFresh = source === "cria" && contextSize === 512 && adapters?.length === 0;
  if (status !== "ready" || !isFresh) await reset(app());
});
afterEach(() => vi.restoreAllMocks());

test("the state tells what is loaded, and how", async () => {
  const state = await (await send(app(), "GET", "/app/state")).json();
  expect(state).toEqual({
    version: "1.2.3",
    needsKey: false,
    model: {
      status: "ready",
      answering: {
        source: "cria",
        id: "cria",
        architecture: "llama",
        quantization: "Q8_0",
        parameters: 8_579_520,
        fileBytes: 9_850_880,
        contextSize: 512,
        trainedContextSize: 512,
        sequences: 2,
        memoryBytes: expect.any(Number),
        device: "CPU, 1 thread",
        chatFormat: "llama2",
        adapters: [],
      },
    },
    training: { folder: expect.any(String), isAvailable: true },
  });
});

test("another model takes the place of the one before, with a context of its own", async () => {
  const before = app().holder.answering;
  const answer = await load({ model: criaModelPath, contextSize: 256 });
  expect(answer.status).toBe(202);
  const { model } = await answer.json();
  expect(model).toMatchObject({ status: "loading", source: criaModelPath });
  expect(model.answering.source).toBe("cria");
  await whenReady(app().holder);
  expect(app().holder.answering?.facts).toMatchObject({ id: "cria.Q8_0", contextSize: 256 });
  expect(await chat(app())).toBe(KNOWS_NAME);
  const { data } = await (await send(app(), "GET", "/v1/models")).json();
  expect(data.map(({ id }: { id: string }) => id)).toEqual(["cria.Q8_0"]);
  await vi.waitFor(() => expect(() => before?.model.tokenize("x")).toThrow(/disposed/i));
});

test("answers that run when it comes are finished by the model before", async () => {
  const running = chat(app(), { max_tokens: 150, logit_bias: { 2: -100 } });
  await vi.waitFor(() => expect(app().holder.answering?.model.load.running).toBe(1));
  await load({ model: criaModelPath });
  await whenReady(app().holder);
  expect((await running).length).toBeGreaterThan(100);
});

test("the app ends at once, though a model before still answers", async () => {
  const holder = new ModelHolder(MACHINE, []);
  holder.load({ model: "cria" });
  await whenReady(holder);
  const endless = { messages: [{ role: "user", content: "Hi" }], logit_bias: { 2: -100 } };
  const running = holder.handler(
    new Request("http://localhost/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(endless),
    }),
  );
  await vi.waitFor(() => expect(holder.answering?.model.load.running).toBe(1));
  holder.load({ model: criaModelPath });
  await whenReady(holder);
  await holder.drain(0);
  expect((await running).status).toBe(503);
  await holder.dispose();
});

test("requests under way all the time are all answered while models change", async () => {
  let isOver = false;
  const ask = async () => {
    let count = 0;
    while (!isOver) {
      expect(await chat(app())).toBe(KNOWS_NAME);
      count++;
    }
    return count;
  };
  const asking = [ask(), ask(), ask()];
  for (const contextSize of [128, 256, 512]) {
    await load({ model: criaModelPath, contextSize });
    await whenReady(app().holder);
    expect(app().holder.answering?.facts.contextSize).toBe(contextSize);
  }
  isOver = true;
  for (const count of await Promise.all(asking)) expect(count).toBeGreaterThan(0);
});

test("a model that cannot be loaded leaves the one before", async () => {
  await load({ model: "/nowhere/none.gguf" });
  await whenFailed();
  expect(app().holder.state).toMatchObject({
    source: "/nowhere/none.gguf",
    error: { code: "MODEL_NOT_FOUND", message: expect.stringContaining("/nowhere/none.gguf") },
    answering: { id: "cria" },
  });
  expect(await chat(app())).toBe(KNOWS_NAME);
});

test("a download that fails says so", async () => {
  await load({ model: `${downloads()}/none/x.gguf` });
  await whenFailed();
  expect(app().holder.state).toMatchObject({ error: { code: "DOWNLOAD_FAILED" } });
});

test("a download tells how far it is, and is there in the end", async () => {
  const seen: unknown[] = [];
  const stop = new AbortController();
  const watching = (async () => {
    for await (const state of app().holder.states(stop.signal)) {
      if (state.status === "loading") seen.push(state.progress);
    }
  })();
  await load({ model: `${downloads()}/whole/cria.gguf` });
  await whenReady(app().holder);
  stop.abort();
  await watching;
  expect(seen).toContainEqual({
    phase: "downloading",
    fraction: expect.any(Number),
    loadedBytes: expect.any(Number),
    totalBytes: 9_850_880,
  });
});

describe("a download under way", () => {
  const begin = async () => {
    await load({ model: `${downloads()}/slow/half.gguf` });
    await vi.waitFor(() =>
      expect(app().holder.state).toMatchObject({ progress: { phase: "downloading" } }),
    );
  };

  test("can be cancelled, and the model before goes on", async () => {
    await begin();
    expect(await chat(app())).toBe(KNOWS_NAME);
    expect((await send(app(), "DELETE", "/app/model/loading")).status).toBe(200);
    await whenReady(app().holder);
    expect(app().holder.state).toMatchObject({ answering: { id: "cria" } });
  });

  test("is given up for another model", async () => {
    await begin();
    await load({ model: criaModelPath });
    await whenReady(app().holder);
    expect(app().holder.state).toMatchObject({ answering: { source: criaModelPath } });
  });
});

test("to cancel where nothing is loaded changes nothing", async () => {
  const { model } = await (await send(app(), "DELETE", "/app/model/loading")).json();
  expect(model.status).toBe("ready");
});

describe("where memory does not hold two models", () => {
  beforeEach(() => {
    vi.spyOn(process, "availableMemory").mockReturnValue(0);
  });

  test("the one before goes first", async () => {
    const states: string[] = [];
    const stop = new AbortController();
    const watching = (async () => {
      for await (const state of app().holder.states(stop.signal)) {
        if (state.status === "loading")
          states.push(`${state.progress.phase} ${state.answering ? "beside" : "alone"}`);
      }
    })();
    const running = chat(app(), { max_tokens: 100, logit_bias: { 2: -100 } });
    await vi.waitFor(() => expect(app().holder.answering?.model.load.running).toBe(1));
    await load({ model: criaModelPath });
    await vi.waitFor(() => expect(app().holder.answering).toBeUndefined());
    const meanwhile = await send(app(), "POST", "/v1/chat/completions", {});
    if (meanwhile.status !== 400) expect(meanwhile.status).toBe(503);
    await whenReady(app().holder);
    stop.abort();
    await watching;
    expect((await running).length).toBeGreaterThan(50); // it was waited for
    expect(states).toContain("freeing alone");
    expect(states).not.toContain("loading beside");
    expect(await chat(app())).toBe(KNOWS_NAME);
  });

  test("and comes back if the other one cannot be loaded", async () => {
    const adapters = [{ name: "none", path: "/nowhere/none.gguf" }];
    await load({ model: criaModelPath, contextSize: 128, adapters });
    await whenFailed();
    expect(app().holder.state).toMatchObject({
      source: criaModelPath,
      error: { code: "ADAPTER_NOT_FOUND" },
      answering: { source: "cria", contextSize: 512 },
    });
    expect(await chat(app())).toBe(KNOWS_NAME);
  });
});

describe("adapters", () => {
  beforeEach(async () => {
    const path = await writeAdapter(app().folder);
    await reset(app(), { model: "cria", adapters: [{ name: "noise", path, scale: 0.5 }] });
  });

  test("are told with their files, and off unless they are asked for", async () => {
    const path = join(app().folder, "noise.gguf");
    expect(app().holder.answering?.facts.adapters).toEqual([{ name: "noise", path, scale: 0.5 }]);
    expect(await chat(app())).toBe(KNOWS_NAME);
    expect(await chat(app(), { lora: [] })).toBe(KNOWS_NAME);
    expect(await chat(app(), { lora: [{ name: "noise", scale: 0 }] })).toBe(KNOWS_NAME);
  });

  test("change the answer as much as their scale says", async () => {
    const whole = await chat(app(), { max_tokens: 20, lora: [{ name: "noise", scale: 1 }] });
    const half = await chat(app(), { max_tokens: 20, lora: [{ name: "noise" }] });
    expect(new Set([KNOWS_NAME, whole, half]).size).toBe(3);
    expect(await chat(app(), { max_tokens: 20, lora: [{ id: 0, scale: 0.5 }] })).toBe(half);
  });
});
