import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Client, type CommonOptions, createClient } from "../src/index.ts";
import { fetchOf, outcomeOf } from "./chunked.ts";
import { ScenarioServer } from "./scenario-server.ts";
import { bodies, servers } from "./scenarios.ts";

const messages = [{ role: "user", content: "hi" }] as const;

function chat(options: CommonOptions) {
  const client: Client = createClient({ retries: 0, ...options });
  return outcomeOf(client.chat(messages));
}

describe.each(Object.entries(bodies))("%s", (_name, { body, type, outcome }) => {
  const length = new TextEncoder().encode(body).length;
  const headers = { "content-type": type ?? "text/event-stream" };

  test.each([1, 2, 3, 5, 7, 64, 1000, Number.POSITIVE_INFINITY])(
    "in chunks of %d",
    async (size) => {
      const fetch = fetchOf(body, size, { headers });
      expect(await chat({ baseUrl: "http://x", fetch })).toEqual(outcome);
    },
  );

  test("cut in two anywhere", async () => {
    for (let at = 1; at < length; at++) {
      const fetch = fetchOf(body, [at], { headers });
      expect(await chat({ baseUrl: "http://x", fetch }), `cut at ${at}`).toEqual(outcome);
    }
  });
});

describe("over sockets", () => {
  const server = new ScenarioServer();
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  const timeouts = { connectMs: 1_000, idleMs: 1_000 };

  test.concurrent.each(Object.entries(bodies))("%s", async (name, { outcome }) => {
    expect(await chat({ baseUrl: server.url(name), timeouts })).toEqual(outcome);
  });

  test.concurrent.each(Object.entries(servers))("%s", async (name, { outcome, visits = 1 }) => {
    const retries = { attempts: 2, firstDelayMs: 1 };
    expect(await chat({ baseUrl: server.url(name), timeouts, retries })).toEqual(outcome);
    expect(server.visitsOf(name).count).toBe(visits);
  });
});
