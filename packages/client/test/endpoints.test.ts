import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Endpoint } from "../src/endpoint.ts";
import { EndpointHealth } from "../src/endpoint-health.ts";
import { EndpointPool } from "../src/endpoint-pool.ts";
import { ClientError, type ClientOptions, createClient } from "../src/index.ts";
import { record, refusal } from "./recorder.ts";

const user = (content: string) => ({ role: "user", content }) as const;
const assistant = (content: string) => ({ role: "assistant", content }) as const;
const ANSWER =
  'data: {"choices":[{"index":0,"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const URLS = ["http://a", "http://b", "http://c"];

function clientOf(fetch: typeof globalThis.fetch, options: Partial<ClientOptions> = {}) {
  const retries = { attempts: 1, firstDelayMs: 1 };
  return createClient({ baseUrl: URLS, model: "m", retries, fetch, ...options });
}

const hosts = (requests: readonly { readonly url: string }[]) =>
  requests.map(({ url }) => new URL(url).host);

describe("failing over", () => {
  test("before the first token, at once, and to each other server once", async () => {
    const { fetch, requests } = record(
      new TypeError("down"),
      refusal(503, {}, { "retry-after": "30" }),
      ANSWER,
    );
    expect(
      await clientOf(fetch, { retries: 0 })
        .chat([user("hi")])
        .text(),
    ).toBe("ok");
    expect(hosts(requests).sort()).toEqual(["a", "b", "c"]);
  });

  test("ends where all have failed", async () => {
    const { fetch, requests } = record(new TypeError("down"));
    const { result } = clientOf(fetch, { retries: 0 }).chat([user("hi")]);
    await expect(result).rejects.toMatchObject({ code: "NETWORK" });
    expect(requests).toHaveLength(3);
  });

  test("goes round once more for each retry", async () => {
    const { fetch, requests } = record(new TypeError("down"));
    await expect(clientOf(fetch).chat([user("hi")]).result).rejects.toMatchObject({
      code: "NETWORK",
    });
    expect(requests).toHaveLength(6);
  });

  test("not for what every server would refuse", async () => {
    const { fetch, requests } = record(refusal(400), ANSWER);
    await expect(clientOf(fetch).chat([user("hi")]).result).rejects.toMatchObject({ status: 400 });
    expect(requests).toHaveLength(1);
  });

  test("not after the first token", async () => {
    const { fetch, requests } = record(
      ANSWER.replace('"stop"', "null").replace("data: [DONE]\n\n", ""),
    );
    const { result } = clientOf(fetch).chat([user("hi")]);
    await expect(result).rejects.toMatchObject({ code: "TRUNCATED", partialText: "ok" });
    expect(requests).toHaveLength(1);
  });
});

describe("choosing", () => {
  test("a conversation stays on its server as it grows", async () => {
    const { fetch, requests } = record(ANSWER);
    const client = clientOf(fetch);
    for (let index = 0; index < 20; index++) {
      const turns = [user(`Conversation ${index}`)];
      await client.chat(turns).text();
      await client.chat([...turns, assistant("ok"), user("and?")]).text();
      await client
        .chat([...turns, assistant("ok"), user("and?"), assistant("ok"), user("!")])
        .text();
    }
    const visited = hosts(requests);
    for (let index = 0; index < 60; index += 3) {
      expect(new Set(visited.slice(index, index + 3)).size).toBe(1);
    }
    expect(new Set(visited).size).toBe(3);
  });

  test("a prompt's beginning tells its conversation, as text and as ids", async () => {
    const { fetch, requests } = record(ANSWER);
    const client = clientOf(fetch, { dialect: "vllm" });
    const text = "x".repeat(600);
    for (const prompt of [text, `${text} and more`, `${text} and yet more`])
      await client.complete(prompt).text();
    expect(new Set(hosts(requests)).size).toBe(1);
    const ids = Array.from({ length: 600 }, (_, id) => id);
    for (const prompt of [ids, [...ids, 1], [...ids, 1, 2]]) await client.complete(prompt).text();
    expect(new Set(hosts(requests.slice(3))).size).toBe(1);
  });

  test("the less busy of two", () => {
    const endpoints = URLS.map((url) => new Endpoint(url)) as [Endpoint, ...Endpoint[]];
    const pool = new EndpointPool(endpoints);
    const counts = new Map<Endpoint, number>();
    for (let index = 0; index < 300; index++) {
      const endpoint = pool.take(undefined, new Set());
      counts.set(endpoint, (counts.get(endpoint) ?? 0) + 1);
    }
    // At random they would be some ten apart.
    expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(4);
  });

  test("a conversation leaves a server that has far more to do than others", () => {
    const endpoints = URLS.map((url) => new Endpoint(url)) as [Endpoint, ...Endpoint[]];
    const pool = new EndpointPool(endpoints);
    const conversation = { messages: [user("the same")] };
    const taken = Array.from({ length: 9 }, () => pool.take(conversation, new Set()));
    expect(new Set(taken.slice(0, 3)).size).toBe(1);
    expect(new Set(taken).size).toBeGreaterThan(1);
  });

  test("with two servers, both are asked", async () => {
    const { fetch, requests } = record(ANSWER);
    const client = clientOf(fetch, { baseUrl: ["http://a", "http://b"] });
    for (let index = 0; index < 40; index++) await client.chat([user(`${index}`)]).text();
    expect(new Set(hosts(requests)).size).toBe(2);
  });
});

describe("the circuit breaker", () => {
  const broken = new ClientError("NETWORK", "");
  const [first, last] = [5_000, 60_000];

  function broke(times: number): EndpointHealth {
    const health = new EndpointHealth();
    for (let index = 0; index < times; index++) {
      health.take(0);
      health.release(0, broken);
    }
    return health;
  }

  test("leaves a server alone after three failures in a row, longer each time", () => {
    expect(broke(2).isUsable(0)).toBe(true);
    for (const [failures, pause] of [
      [3, first],
      [4, 2 * first],
      [20, last],
    ] as const) {
      const health = broke(failures);
      expect(health.isUsable(pause - 1)).toBe(false);
      expect(health.isUsable(pause)).toBe(true);
    }
  });

  test("then lets one request try, and closes when that succeeds", () => {
    const health = broke(3);
    health.take(first);
    expect(health.isUsable(first)).toBe(false);
    health.release(first, undefined);
    expect(health.isUsable(first)).toBe(true);
    expect(broke(2).isUsable(0)).toBe(true);
  });

  test("lets the next one try where the first takes long", () => {
    const health = broke(3);
    health.take(first);
    expect(health.isUsable(2 * first - 1)).toBe(false);
    expect(health.isUsable(2 * first)).toBe(true);
  });

  test("does not count those that were running when the server broke", () => {
    const health = new EndpointHealth();
    for (let count = 0; count < 20; count++) health.take(0);
    for (let count = 0; count < 20; count++) health.release(0, broken);
    expect(health.isUsable(first)).toBe(true);
  });

  test("counts what is the server's fault alone", () => {
    const health = broke(2);
    const innocent = [
      new ClientError("OVERLOADED", "", { status: 429 }),
      new ClientError("BAD_REQUEST", ""),
      new Error("the caller's"),
    ];
    for (const failure of innocent) {
      health.take(0);
      health.release(0, failure);
      health.take(0);
      health.release(0, broken);
    }
    expect(health.isUsable(0)).toBe(true);
    health.take(0);
    health.release(0, broken, true);
    expect(health.isUsable(0)).toBe(true);
    expect(health.outstanding).toBe(0);
  });

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("a dead server is asked no more, until its pause is over", async () => {
    const { fetch, requests } = record(({ url }) =>
      url.startsWith("http://a") ? new TypeError("down") : ANSWER,
    );
    const client = clientOf(fetch, { baseUrl: ["http://a", "http://b"] });
    const ask = async (count: number) => {
      for (let index = 0; index < count; index++)
        await client.chat([user(`${Math.random()}`)]).text();
    };
    await ask(60);
    const asked = hosts(requests).filter((host) => host === "a").length;
    expect(asked).toBe(3);
    vi.advanceTimersByTime(first + 1);
    await ask(60);
    expect(hosts(requests).filter((host) => host === "a").length).toBe(4);
  });
});
