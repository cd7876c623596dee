import { expect, test } from "vitest";
import { eventsOf, send, useApp } from "./start-app.ts";

const app = useApp(["right-key"]);
const ask = (method: string, path: string, key?: string) => {
  const headers: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {};
  return send(app(), method, path, method === "POST" ? {} : undefined, { headers });
};

test.each([
  ["GET", "/app/state"],
  ["GET", "/app/events"],
  ["POST", "/app/model"],
  ["DELETE", "/app/model/loading"],
  ["POST", "/app/prompt"],
  ["POST", "/app/benchmark"],
  ["GET", "/v1/models"],
  ["POST", "/v1/chat/completions"],
])("%s %s needs the key", async (method, path) => {
  for (const key of [undefined, "wrong-key", "right-ke", "right-key1"]) {
    const answer = await ask(method, path, key);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { code: "invalid_api_key" } });
  }
  const answer = await ask(method, path, "right-key");
  expect(answer.status).not.toBe(401);
  await answer.body?.cancel();
});

test("the page itself needs none, and can ask whether the rest does", async () => {
  expect((await ask("GET", "/")).status).toBe(200);
  expect(await (await ask("GET", "/app/access")).json()).toEqual({ needsKey: true });
});

test("events come to who has it", async () => {
  for await (const { needsKey } of eventsOf(await ask("GET", "/app/events", "right-key"))) {
    expect(needsKey).toBe(true);
    break;
  }
});
