// What servers do on the wire, good and bad: each scenario is the bytes of a chat's stream, or what a server does instead of
// sending one. The facts are those of the reference "wire formats"; the text is always the same.
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export const PIECES = ["Hel", "lo ", "🦙", " é", "漢", "!"];
export const TEXT: string = PIECES.join("");
const FIRST_TWO = "Hello ";

/** What a client must make of a scenario: a finish reason, or an error's code; and the text, partial on an error. */
export interface Outcome {
  readonly finishReason?: string;
  readonly code?: string;
  readonly phase?: string;
  readonly text: string;
}

/** A scenario whose response is a text, sent with status 200. */
export interface BodyScenario {
  readonly body: string;
  readonly type?: string;
  readonly outcome: Outcome;
}

/** A scenario in which the server does something else. `visit` counts the requests, from 1. */
export interface ServerScenario {
  serve(response: ServerResponse, visit: number, request: IncomingMessage): void | Promise<void>;
  readonly outcome: Outcome;
  /** Requests that the client must make. */
  readonly visits?: number;
}

const base = { id: "c1", object: "chat.completion.chunk", created: 1, model: "m" };
const json = JSON.stringify;

function chunk(delta: object, finishReason: string | null = null, more: object = {}): string {
  return json({ ...base, choices: [{ index: 0, delta, finish_reason: finishReason }], ...more });
}

const token = (content: string): string => chunk({ content });
const role = chunk({ role: "assistant", content: "" });
const finish = chunk({}, "stop");
const counts = { prompt_tokens: 3, completion_tokens: 6, total_tokens: 9 };
const usage = json({ ...base, choices: [], usage: counts });
const datas = [role, ...PIECES.map(token), finish, usage, "[DONE]"];

export function sse(events: readonly string[], newline = "\n", space = " "): string {
  return events.map((data) => `data:${space}${data}${newline}${newline}`).join("");
}

const done: Outcome = { finishReason: "stop", text: TEXT };
const failed = (code: string, text: string): Outcome => ({ code, text });
const error = { message: "boom", type: "server_error" };

const filterResults = { hate: { filtered: false, severity: "safe" } };
const azurePromptResults = json({
  id: "",
  object: "",
  created: 0,
  model: "",
  choices: [],
  prompt_filter_results: [{ prompt_index: 0, content_filter_results: filterResults }],
});

const toolCall = (call: object): string => chunk({ tool_calls: [{ index: 0, ...call }] });

const tgi = (delta: object, reason: string | null = null): string =>
  json({
    object: "chat.completion.chunk",
    id: "",
    created: 1,
    model: "m",
    system_fingerprint: "3",
    choices: [
      { index: 0, delta: { role: "assistant", ...delta }, logprobs: null, finish_reason: reason },
    ],
    usage: null,
  });

const vllm = (content: string, index: number, reason: string | null = null): string =>
  json({
    ...base,
    choices: [
      { index: 0, delta: { content }, logprobs: null, finish_reason: reason, token_ids: [index] },
    ],
    usage: { prompt_tokens: 3, total_tokens: 4 + index, completion_tokens: 1 + index },
  });

export const bodies: Readonly<Record<string, BodyScenario>> = {
  lf: { body: sse(datas), outcome: done },
  crlf: { body: sse(datas, "\r\n"), outcome: done },
  cr: { body: sse(datas, "\r"), outcome: done },
  bom: { body: `\ufeff${sse(datas)}`, outcome: done },
  nospace: { body: sse(datas, "\n", ""), outcome: done },
  multiline: {
    body: datas
      .map((data) => {
        const comma = data.indexOf(",") + 1;
        return `data: ${data.slice(0, comma)}\ndata: ${data.slice(comma)}\n\n`;
      })
      .join("")
      .replace("data: \ndata: [DONE]", "data: [DONE]"),
    outcome: done,
  },
  comments: {
    body: `: hi\n\n${datas.map((data) => `: ping\n\n:\n\ndata: ${data}\n\n`).join("")}`,
    outcome: done,
  },
  fields: {
    body: `retry: 1000\n\n${datas
      .map((data, index) => `event: message\nid: ${index}\ndata: ${data}\nfoo: bar\nbaz\n\n`)
      .join("")}`,
    outcome: done,
  },
  noeof: { body: sse(datas).trimEnd(), outcome: done },
  noeof_no_reason: {
    body: `${sse(datas.slice(0, -3))}data: [DONE]`,
    outcome: done,
  },
  afterdone: { body: sse([...datas, token("LATE")]), outcome: done },
  azure: {
    body: sse([azurePromptResults, ...datas.slice(0, -3), chunk({}, "stop"), "[DONE]"], "\n", ""),
    outcome: done,
  },
  u2028: {
    body: sse([role, token("\u2028a\u0085"), token("b\u2029"), finish, "[DONE]"]),
    outcome: { finishReason: "stop", text: "\u2028a\u0085b\u2029" },
  },
  err_data: {
    body: sse([role, token("Hel"), json({ error: { ...error, code: 500 } }), "[DONE]"]),
    outcome: failed("SERVER_ERROR", "Hel"),
  },
  err_event: {
    body: `${sse([role, token("Hel")])}event: error\ndata: ${json({ error })}\n\n${sse(["[DONE]"])}`,
    outcome: failed("SERVER_ERROR", "Hel"),
  },
  err_flat: {
    body: sse([role, token("Hel"), json({ object: "error", ...error, code: 500 }), "[DONE]"]),
    outcome: failed("SERVER_ERROR", "Hel"),
  },
  err_tgi: {
    body: sse([
      role,
      token("Hel"),
      json({ error: "Request failed during generation", error_type: "generation" }),
    ]),
    outcome: failed("SERVER_ERROR", "Hel"),
  },
  err_oldllama: {
    body: `${sse([role, token("Hel")])}error: ${json({ code: 500, ...error })}\n\n${sse(["[DONE]"])}`,
    outcome: failed("SERVER_ERROR", "Hel"),
  },
  over_tgi: {
    body: sse([json({ error: "Model is overloaded", error_type: "overloaded" })], "\n", ""),
    outcome: failed("OVERLOADED", ""),
  },
  trunc: { body: sse(datas.slice(0, 4)), outcome: failed("TRUNCATED", "Hello 🦙") },
  trunc_midevent: {
    body: `${sse(datas.slice(0, 4))}data: {"id":"c1","obj`,
    outcome: failed("TRUNCATED", "Hello 🦙"),
  },
  badjson: {
    body: sse([...datas.slice(0, 3), "{not json", ...datas.slice(3)]),
    outcome: failed("BAD_RESPONSE", FIRST_TWO),
  },
  json200: {
    body: json({ error: { message: "boom", type: "x" } }),
    type: "application/json",
    outcome: failed("SERVER_ERROR", ""),
  },
  html200: {
    body: "<html>captive portal</html>",
    type: "text/html",
    outcome: failed("BAD_RESPONSE", ""),
  },
  tools: {
    body: sse([
      role,
      toolCall({ id: "a", type: "function", function: { name: "f", arguments: "" } }),
      toolCall({ function: { arguments: '{"x":' } }),
      toolCall({ function: { arguments: "1}" } }),
      chunk({}, "tool_calls"),
      "[DONE]",
    ]),
    outcome: { finishReason: "tool-calls", text: "" },
  },
  shape_tgi: {
    body: sse(
      [...PIECES.map((content) => tgi({ content })), tgi({ content: "" }, "stop"), "[DONE]"],
      "\n",
      "",
    ),
    outcome: done,
  },
  shape_llamacpp: {
    body: sse([
      chunk({ role: "assistant", content: null }, null, {
        prompt_progress: { total: 9, cache: 0, processed: 9, time_ms: 3 },
      }),
      ...PIECES.map(token),
      finish,
      json({
        ...base,
        choices: [],
        usage: { ...counts, prompt_tokens_details: { cached_tokens: 0 } },
        timings: { cache_n: 0, prompt_n: 3, prompt_ms: 1, predicted_n: 6, predicted_ms: 2 },
      }),
      "[DONE]",
    ]),
    outcome: done,
  },
  shape_vllm: {
    body: sse([
      chunk({ role: "assistant", content: "" }, null, { prompt_token_ids: [1, 2, 3] }),
      ...PIECES.slice(0, -1).map((piece, index) => vllm(piece, index)),
      vllm("!", 9, "stop"),
      usage,
      "[DONE]",
    ]),
    outcome: done,
  },
};

const SSE_HEADERS = { "content-type": "text/event-stream; charset=utf-8" };
const JSON_HEADERS = { "content-type": "application/json" };

async function drip(response: ServerResponse, body: string): Promise<void> {
  response.writeHead(200, SSE_HEADERS);
  for (const byte of Buffer.from(body)) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  response.end();
}

function refuse(response: ServerResponse, status: number, headers: object = {}): void {
  response.writeHead(status, { ...JSON_HEADERS, ...headers });
  response.end(json({ error: { message: "busy" } }));
}

function answer(response: ServerResponse): void {
  response.writeHead(200, SSE_HEADERS);
  response.end(sse(datas));
}

export const FLOOD_EVENTS = 20_000;

export const servers: Readonly<Record<string, ServerScenario>> = {
  drip1: { serve: (response) => drip(response, sse(datas)), outcome: done },
  crlf_drip: { serve: (response) => drip(response, sse(datas, "\r\n")), outcome: done },
  reset: {
    async serve(response) {
      response.writeHead(200, SSE_HEADERS);
      response.write(sse(datas.slice(0, 4)));
      await sleep(50);
      response.socket?.destroy();
    },
    outcome: failed("NETWORK", "Hello 🦙"),
  },
  stall: {
    serve(response) {
      response.writeHead(200, SSE_HEADERS);
      response.write(sse(datas.slice(0, 3)));
    },
    outcome: { code: "TIMEOUT", phase: "idle", text: FIRST_TWO },
  },
  stallhead: { serve() {}, outcome: { code: "TIMEOUT", phase: "connect", text: "" }, visits: 3 },
  r429: {
    serve(response, visit) {
      if (visit < 2) refuse(response, 429, { "retry-after": "1" });
      else answer(response);
    },
    outcome: done,
    visits: 2,
  },
  r503date: {
    serve(response, visit) {
      const date = new Date(Date.now() + 1500).toUTCString();
      if (visit < 2) refuse(response, 503, { "retry-after": date });
      else answer(response);
    },
    outcome: done,
    visits: 2,
  },
  r503forever: {
    serve: (response) => refuse(response, 503),
    outcome: failed("OVERLOADED", ""),
    visits: 3,
  },
  resethead: {
    serve(response, visit) {
      if (visit < 2) response.socket?.destroy();
      else answer(response);
    },
    outcome: done,
    visits: 2,
  },
  slow: {
    async serve(response) {
      response.writeHead(200, SSE_HEADERS);
      response.write(sse([role]));
      for (let index = 0; index < 50 && !response.destroyed; index++) {
        response.write(sse([token("x")]));
        await sleep(5);
      }
      response.end(sse([finish, "[DONE]"]));
    },
    outcome: { finishReason: "stop", text: "x".repeat(50) },
  },
  flood: {
    async serve(response) {
      response.writeHead(200, SSE_HEADERS);
      const events = sse(Array(200).fill(token("x".repeat(400))));
      for (let sent = 0; sent < FLOOD_EVENTS && !response.destroyed; sent += 200) {
        if (response.write(events)) continue;
        await new Promise((resolve) => response.once("drain", resolve));
      }
      response.end(sse([finish, "[DONE]"]));
    },
    outcome: { finishReason: "stop", text: "x".repeat(400 * FLOOD_EVENTS) },
  },
};
