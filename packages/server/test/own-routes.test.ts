import { describe, expect, test } from "vitest";
import {
  createKeyCheck,
  errorResponse,
  Fields,
  readJson,
  readMessages,
  refuseForeignOrigin,
  ServerError,
} from "../src/own-routes.ts";

const ask = (headers: Record<string, string>, body?: string) =>
  new Request("http://localhost:8080/app", {
    headers,
    ...(body !== undefined && { method: "POST", body }),
  });

/** A route as its writer has it. */
async function answer(request: Request, apiKeys?: string): Promise<Response> {
  try {
    refuseForeignOrigin(request);
    await createKeyCheck(apiKeys)(request);
    const fields = new Fields(await readJson(request, 1000));
    return Response.json(readMessages(fields));
  } catch (error) {
    return errorResponse(error);
  }
}

const JSON_TYPE = { "content-type": "application/json" };

test("a route of one's own answers", async () => {
  const messages = [{ role: "user", content: "Hi" }];
  const response = await answer(ask(JSON_TYPE, JSON.stringify({ messages })));
  expect(await response.json()).toEqual(messages);
});

test("and tells errors as the handler does", async () => {
  const wrong = await answer(ask(JSON_TYPE, '{"messages": 1}'));
  expect(wrong.status).toBe(400);
  expect(await wrong.json()).toMatchObject({ error: { param: "messages" } });
  const locked = await answer(ask(JSON_TYPE, "{}"), "key");
  expect(locked.status).toBe(401);
  expect(locked.headers.get("www-authenticate")).toBe("Bearer");
  expect(
    (await answer(ask({ ...JSON_TYPE, authorization: "Bearer key" }, "{}"), "key")).status,
  ).toBe(400);
  const busy = errorResponse(new ServerError("QUEUE_FULL", "Too much at once."));
  expect([busy.status, busy.headers.get("retry-after")]).toEqual([429, "1"]);
});

test("but nothing of what is no error of ours", async () => {
  const response = errorResponse(new Error("/secret/path"));
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("secret");
});

describe("pages", () => {
  test.each([
    {},
    { origin: "http://localhost:8080" },
    { origin: "https://localhost:8080" },
    { origin: "https://chat.example.com", host: "chat.example.com" },
    { origin: "http://localhost:8080", "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "none" },
  ])("of the same site may ask: %j", (headers) => {
    expect(() => refuseForeignOrigin(ask(headers as Record<string, string>))).not.toThrow();
  });

  test.each([
    { origin: "http://localhost:8081" },
    { origin: "https://evil.example" },
    { origin: "http://localhost:8080.evil.example" },
    { origin: "null" },
    { origin: "" },
    { "sec-fetch-site": "cross-site" },
  ])("of others are refused: %j", async (headers) => {
    const response = await answer(ask({ ...JSON_TYPE, ...(headers as object) }, "{}"));
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: { code: "wrong_origin" } });
  });
});
