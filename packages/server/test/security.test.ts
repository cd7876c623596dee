import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { createHandler, type Handler, type HandlerOptions } from "../src/index.ts";
import { serve } from "../src/node/index.ts";
import { CHAT, post } from "./ask.ts";
import { useServer } from "./cria.ts";
import { says, scriptedModel } from "./scripted-model.ts";

const model = scriptedModel(says("hi"), { id: "cria" });
const make = (options: Omit<HandlerOptions, "models"> = {}): Handler =>
  createHandler({ models: [model], ...options });

const GUARDED = [
  ["POST", "/v1/chat/completions"],
  ["POST", "/v1/completions"],
  ["POST", "/v1/embeddings"],
  ["GET", "/v1/models"],
  ["GET", "/v1/models/cria"],
  ["POST", "/tokenize"],
  ["POST", "/detokenize"],
  ["POST", "/apply-template"],
  ["POST", "/api/chat"],
  ["GET", "/api/tags"],
  ["POST", "/generate"],
  ["POST", "/generate_stream"],
  ["POST", "/"],
] as const;

describe("keys", () => {
  const handler = make({ apiKeys: ["sk-one", "sk-two"] });
  const ask = (
    headers: Record<string, string>,
    [method, path]: readonly [string, string] = GUARDED[3],
  ) => handler(new Request(`http://localhost${path}`, { method, headers }));

  test.each(GUARDED)("%s %s takes none but the right ones", async (method, path) => {
    for (const authorization of [
      "",
      "Bearer ",
      "Bearer sk-on",
      "Bearer sk-one1",
      "Bearer SK-ONE",
      "Basic sk-one",
      "Bearer sk-one, sk-two",
    ]) {
      const { status, headers } = await ask(authorization ? { authorization } : {}, [method, path]);
      expect(status).toBe(401);
      expect(headers.get("www-authenticate")).toBe("Bearer");
    }
    const body = '{"messages":[]}';
    const headers = { authorization: "Bearer sk-two", "content-type": "application/json" };
    const init = { method, headers, ...(method === "POST" && { body }) };
    expect((await handler(new Request(`http://localhost${path}`, init))).status).not.toBe(401);
  });

  test("are taken in every form that clients send", async () => {
    for (const headers of [
      { authorization: "Bearer sk-one" },
      { authorization: "bearer   sk-one" },
      { authorization: "sk-one" },
      { "api-key": "sk-two" },
    ]) {
      expect((await ask(headers as Record<string, string>)).status).toBe(200);
    }
  });

  test("are asked for before a body is read, and never told in an answer or a log", async () => {
    const logged: unknown[] = [];
    const own = make({ apiKeys: "sk-secret", log: (entry) => logged.push(entry) });
    const answer = await post(own, "/v1/chat/completions", "{", {
      headers: { authorization: "Bearer sk-guess" },
    });
    expect(answer.status).toBe(401);
    expect(await answer.text()).not.toMatch(/sk-/);
    await post(own, "/v1/chat/completions", "{", {
      headers: { authorization: "Bearer sk-secret" },
    });
    expect(logged).toHaveLength(2);
    expect(JSON.stringify(logged)).not.toMatch(/sk-/);
  });

  test("may be known to a function alone", async () => {
    const own = make({ apiKeys: async (key) => key.endsWith("!") });
    const status = async (key: string) =>
      (await own(new Request("http://localhost/v1/models", { headers: { "api-key": key } })))
        .status;
    expect([await status("a!"), await status("a")]).toEqual([200, 401]);
  });

  test("that no header can carry are refused at once", () => {
    for (const apiKeys of ["", [], ["a b"], ["ключ"], ["a\n"], [7], 7]) {
      expect(() => make({ apiKeys: apiKeys as string })).toThrow(
        expect.objectContaining({ code: "BAD_OPTION" }),
      );
    }
  });

  test("what is no inference needs none", async () => {
    for (const path of ["/health", "/ready", "/metrics", "/openapi.json"]) {
      expect((await handler(new Request(`http://localhost${path}`))).status).toBe(200);
    }
  });
});

describe("bodies", () => {
  test("that are too large are refused, by what they say and by what they are", async () => {
    const handler = make({ limits: { maxBodyBytes: 1000 } });
    const content = "x".repeat(2000);
    const told = await post(handler, "/v1/chat/completions", { ...CHAT, content });
    expect(told.status).toBe(413);
    let pulled = 0;
    const body = new ReadableStream({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(600).fill(32));
      },
    });
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", body, headers, duplex: "half" } as RequestInit;
    const endless = await handler(new Request("http://localhost/v1/chat/completions", init));
    expect(endless.status).toBe(413);
    expect(pulled).toBeLessThan(6);
  });

  test.each([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["deeply nested", `{"messages":${"[".repeat(200_000)}${"]".repeat(200_000)}}`],
    [
      "a deeply nested schema",
      `{"messages":[],"json_schema":${'{"a":'.repeat(5000)}1${"}".repeat(5000)}}`,
    ],
    ["a bias of what is no token", `{"messages":[],"logit_bias":[[{"toString":1},1]]}`],
    ["a long grammar", `{"messages":[],"grammar":"root ::= ${"a".repeat(40_000)}"}`],
    ["a schema of many values", `{"messages":[],"json_schema":{"enum":[${"1,".repeat(9000)}1]}}`],
    ["many choices", `{"messages":[],"guided_choice":[${'"a",'.repeat(1000)}"a"]}`],
    ["a prototype", '{"__proto__":{"messages":[]},"constructor":{"prototype":{"messages":[]}}}'],
    ["messages of wrong types", '{"messages":[1]}'],
    ["many messages", `{"messages":[${"1,".repeat(100_000)}1]}`],
  ])("%s is a 400", async (_, body) => {
    const answer = await post(make(), "/v1/chat/completions", body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { type: "invalid_request_error" } });
    expect(Object.hasOwn(Object.prototype, "messages")).toBe(false);
  });

  test("that are compressed are a 415 that says so", async () => {
    const headers = { "content-encoding": "gzip" };
    const answer = await post(make(), "/v1/chat/completions", CHAT, { headers });
    expect(answer.status).toBe(415);
    expect(await answer.text()).toContain("gzip");
  });

  test("hold on to no more than their own bytes, however small the parts", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    collect();
    const before = process.memoryUsage().arrayBuffers;
    let held = 0;
    let parts = 0;
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(65_536).fill(32).subarray(0, 1));
        if (++parts < 2000) return;
        collect();
        held = process.memoryUsage().arrayBuffers - before;
        controller.close();
      },
    });
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", body, headers, duplex: "half" } as RequestInit;
    const answer = await make()(new Request("http://localhost/v1/chat/completions", init));
    expect(answer.status).toBe(400);
    expect(held).toBeLessThan(90_000_000); // all parts with what came with them are 131 MB; freed memory takes a while
  });

  test("with invalid UTF-8 are a 400", async () => {
    const bytes = new TextEncoder().encode('{"messages":[{"role":"user","content":"x"}]}');
    bytes[bytes.indexOf(0x78)] = 0xff;
    const headers = { "content-type": "application/json" };
    const request = new Request("http://localhost/v1/chat/completions", {
      method: "POST",
      headers,
      body: bytes,
    });
    const answer = await make()(request);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("UTF-8");
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/jsonp",
    "",
    "multipart/form-data",
  ])("of the type %j, which web pages can send unasked, are a 415", async (type) => {
    const body = new Blob([JSON.stringify(CHAT)], { type });
    const request = new Request("http://localhost/v1/chat/completions", { method: "POST", body });
    expect((await make()(request)).status).toBe(415);
  });

  test.each([
    "application/json",
    "application/json; charset=utf-8",
    "Application/JSON",
    "application/vnd.x+json",
  ])("of the type %j are read", async (type) => {
    const headers = { "content-type": type };
    expect((await post(make(), "/v1/chat/completions", CHAT, { headers })).status).toBe(200);
  });
});

describe("names of models", () => {
  test.each([
    "../../etc/passwd",
    "__proto__",
    "constructor",
    "toString",
    "cria\u0000",
    "cria\r\nx: y",
    "a".repeat(100_000),
    "CRIA",
  ])("%s leads nowhere", async (name) => {
    const answer = await post(make(), "/v1/chat/completions", { ...CHAT, model: name });
    expect(answer.status).toBe(404);
    const { error } = await answer.json();
    expect(error).toMatchObject({ code: "model_not_found", param: "model" });
    expect(error.message.length).toBeLessThan(200);
  });

  test.each([
    "/v1/models/..%2f..%2fetc%2fpasswd",
    "/v1/models/__proto__",
    "/v1/models/%00",
    "/v1/models/cria/x",
  ])("%s leads nowhere", async (path) => {
    expect((await make()(new Request(`http://localhost${path}`))).status).toBe(404);
  });

  test("that are not properly encoded are a 400", async () => {
    const answer = await make()(new Request("http://localhost/v1/models/%ff"));
    expect(answer.status).toBe(400);
  });
});

describe("CORS", () => {
  const preflight = (handler: Handler, origin: string, headers: string) =>
    handler(
      new Request("http://localhost/v1/chat/completions", {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": "POST",
          "access-control-request-headers": headers,
        },
      }),
    );
  const asked =
    "authorization,content-type,x-stainless-arch,x-stainless-lang,x-stainless-os,x-stainless-retry-count";

  test("a page of an allowed origin may send all that OpenAI's client does", async () => {
    const answer = await preflight(
      make({ cors: ["https://app.example"] }),
      "https://app.example",
      asked,
    );
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "access-control-allow-origin": "https://app.example",
      "access-control-allow-headers": asked,
      "access-control-allow-methods": "GET, POST",
      vary: "origin",
    });
  });

  test("other pages may not, and without origins none may", async () => {
    for (const cors of [["https://app.example"], undefined]) {
      for (const origin of [
        "https://evil.example",
        "https://app.example.evil",
        "null",
        "http://app.example",
      ]) {
        const answer = await preflight(make({ cors }), origin, asked);
        expect(answer.headers.get("access-control-allow-origin")).toBeNull();
        expect(answer.headers.get("access-control-allow-headers")).toBeNull();
      }
    }
  });

  test("what is asked for is not handed back where it is no list of headers", async () => {
    const answer = await preflight(make({ cors: "*" }), "https://a.example", "x y; <script>");
    expect(answer.headers.get("access-control-allow-headers")).toBeNull();
  });

  test("a preflight needs no key, and errors can be read by the page", async () => {
    const handler = make({ cors: "*", apiKeys: "sk-one" });
    expect((await preflight(handler, "https://a.example", asked)).status).toBe(204);
    const answer = await post(handler, "/v1/chat/completions", CHAT, {
      headers: { origin: "https://a.example" },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-expose-headers")).toContain("x-request-id");
  });

  test("origins that are none are refused at once", () => {
    for (const cors of [
      "https://a.example",
      ["a.example"],
      ["https://a.example/"],
      ["null"],
      [7],
    ]) {
      expect(() => make({ cors: cors as string[] })).toThrow(
        expect.objectContaining({ code: "BAD_OPTION" }),
      );
    }
  });
});

describe("request ids", () => {
  const idFor = async (id: string) =>
    (
      await make()(new Request("http://localhost/health", { headers: { "x-request-id": id } }))
    ).headers.get("x-request-id");

  test("are taken over where they are proper ones", async () => {
    expect(await idFor("abc-123.x:y/z")).toBe("abc-123.x:y/z");
  });

  test.each(["a b", "<script>", '"', "a".repeat(129), "é"])("%j is replaced", async (id) => {
    expect(await idFor(id)).toMatch(/^req_/);
  });
});

describe("over a socket", () => {
  const server = useServer(() => [model]);
  /** Sends bytes, and returns all that comes back. */
  const send = (bytes: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(server().port, "127.0.0.1", () => socket.write(bytes));
      let answer = "";
      socket.on("data", (data) => {
        answer += data;
      });
      socket.on("end", () => resolve(answer));
      socket.on("close", () => resolve(answer));
      socket.on("error", reject);
      setTimeout(() => socket.end(), 1000);
    });
  const body = JSON.stringify(CHAT);
  const head =
    "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";

  test.each([
    ["two lengths", `${head}content-length: ${body.length}\r\ncontent-length: 3\r\n\r\n${body}`],
    [
      "a length and chunks",
      `${head}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ["chunks in disguise", `${head}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`],
    [
      "two encodings",
      `${head}transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n`,
    ],
    ["a length that is none", `${head}content-length: +3\r\n\r\n{} `],
    ["a space before a colon", `${head}content-length : ${body.length}\r\n\r\n${body}`],
    ["a chunk's size that is none", `${head}transfer-encoding: chunked\r\n\r\n-1\r\n\r\n`],
    ["a bare line feed", `${head.replaceAll("\r\n", "\n")}content-length: 2\n\n{}`],
    ["a folded header", `${head}x: a\r\n b\r\ncontent-length: 2\r\n\r\n{}`],
    ["no host", "GET /health HTTP/1.1\r\n\r\n"],
    ["a NUL", `${head}x: a\0b\r\n\r\n`],
  ])("%s is refused, and nothing after it is heard", async (_, bytes) => {
    const asked = model.asked.length;
    const answer = await send(`${bytes}GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toContain("200 OK");
    expect(model.asked.length).toBe(asked);
  });

  test.each([
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "[::1].evil",
    "169.254.169.254",
  ])(
    "the host %s is refused, as pages on the web could have their own name lead here",
    async (host) => {
      const answer = await send(
        `GET /v1/models HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    },
  );

  test.each(["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:80", "app.localhost"])(
    "the host %s is taken",
    async (host) => {
      const answer = await send(
        `GET /v1/models HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    },
  );

  test.each([
    "TRACE / HTTP/1.1",
    "GET http:// HTTP/1.1",
    "OPTIONS * HTTP/1.1",
    "GET //evil.example/v1/models HTTP/1.1",
    "CONNECT a:1 HTTP/1.1",
  ])("%s is no way in", async (line) => {
    const answer = await send(`${line}\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
    expect(answer).not.toContain("200 OK");
    expect((await fetch(`${server().url}/health`)).status).toBe(200);
  });

  test("a refusal reaches whoever goes on sending", async () => {
    const big = "x".repeat(3_000_000);
    const answer = await send(`${head}content-length: ${big.length}\r\n\r\n${big}`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });
});

describe("a public address", () => {
  test.each(["0.0.0.0", "::", "192.0.2.1", "example.com"])(
    "%s is not listened on without a key",
    async (host) => {
      await expect(serve(make(), { port: 0, host })).rejects.toMatchObject({
        code: "PUBLIC_WITHOUT_KEY",
      });
      await expect(serve(() => new Response(), { port: 0, host })).rejects.toMatchObject({
        code: "PUBLIC_WITHOUT_KEY",
      });
    },
  );

  test("is listened on with one, or where it is said in as many words", async () => {
    for (const [apiKeys, publicWithoutKey] of [
      ["sk-one", undefined],
      [undefined, true],
    ] as const) {
      const server = await serve(make({ apiKeys }), { port: 0, host: "0.0.0.0", publicWithoutKey });
      expect((await fetch(`${server.url}/health`)).status).toBe(200);
      await server.close({ deadlineMs: 0 });
    }
  });
});
