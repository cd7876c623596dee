import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { createHandler } from "../src/index.ts";
import { OPERATIONS } from "../src/openapi/paths.ts";
import { ROUTES } from "../src/router.ts";
import { eventsOf, post } from "./ask.ts";
import { useCria } from "./cria.ts";

const cria = useCria({ sequences: 2 });
const handler = () => createHandler({ models: [cria()] });

/** The description, as it is served. */
async function served() {
  const answer = await createHandler({ models: [{ id: "x", chat, complete: chat }] })(
    new Request("http://localhost/openapi.json"),
  );
  return answer.json();
}
const chat = () => {
  throw new Error("not asked");
};

async function validator() {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema(await served(), "api");
  return (name: string) => ajv.compile({ $ref: `api#/components/schemas/${name}` });
}

test("the description has every route, and no other", async () => {
  const { paths, openapi } = await served();
  expect(openapi).toBe("3.1.0");
  const described = Object.entries(paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
});

test("the routes that need no key are those of which it says so", async () => {
  const open = ROUTES.filter(({ isOpen }) => isOpen).map(({ path }) => path);
  expect(OPERATIONS.filter(({ isOpen }) => isOpen).map(({ path }) => path)).toEqual(open);
});

test("every schema that is referred to is there, and each is one", async () => {
  const description = await served();
  const names = Object.keys(description.components.schemas);
  const references = [...JSON.stringify(description).matchAll(/#\/components\/schemas\/(\w+)/g)];
  expect(new Set(references.map(([, name]) => name))).toEqual(new Set(names));
  const compile = await validator();
  for (const name of names) expect(compile(name)).toBeTypeOf("function");
});

const messages = [{ role: "user", content: "My name is Zoe." }];
const parts = [{ role: "user", content: [{ type: "text", text: "Hi" }] }];
const inputs = "Once upon a time";

/** Requests, each with those that the server must refuse. */
const EXAMPLES: readonly [path: string, right: readonly object[], wrong: readonly object[]][] = [
  [
    "/v1/chat/completions",
    [
      { messages, temperature: 0, max_tokens: 4, logprobs: true, top_logprobs: 2 },
      { messages: parts, n: 2, seed: 1, max_completion_tokens: 3, stop: ["x"], temperature: null },
      { messages, max_tokens: 1, lora: [] },
      { messages, top_k: -1, min_p: 0.1, repetition_penalty: 1.1, max_tokens: 2, future_field: {} },
      { messages, logit_bias: { 5: -100 }, mirostat: 2, mirostat_tau: 4, max_tokens: 2 },
      { messages, response_format: { type: "json_object" }, max_tokens: 5 },
      {
        messages,
        max_tokens: 2,
        stream: true,
        stream_options: { include_usage: true },
        top_n_sigma: 1,
      },
    ],
    [
      {},
      { messages: "hi" },
      { messages: [{ role: "user" }] },
      { messages: [{ role: "robot", content: "x" }] },
      { messages, lora: [{ id: "0" }] },
      { messages, n: 0 },
      { messages, stream: "True" },
      { messages, temperature: -1 },
      { messages, temperature: "hot" },
      { messages, top_logprobs: 21, logprobs: true },
      { messages, stop: [1] },
      { messages, seed: 1.5 },
      { messages, response_format: { type: "xml" } },
      { messages, mirostat: 1 },
      { messages, stream: true, stream_options: [] },
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: {} }] }] },
    ],
  ],
  [
    "/v1/completions",
    [
      { prompt: inputs, max_tokens: 3, logprobs: 2 },
      { prompt: [1, 306], max_tokens: 3, echo: true },
      { prompt: [[1, 306], [1]], max_tokens: 2 },
      { prompt: ["a", "b"], max_tokens: 2, stream: true },
    ],
    [{}, { prompt: 1 }, { prompt: [] }, { prompt: [-1] }, { prompt: inputs, logprobs: true }],
  ],
  [
    "/v1/embeddings",
    [{ input: "a" }, { input: ["a", "b"], encoding_format: "base64" }],
    [{}, { input: "" }, { input: [] }, { input: "a", encoding_format: "hex" }],
  ],
  [
    "/tokenize",
    [
      { prompt: "Hi", return_token_strs: true },
      { messages },
      { content: "Hi", with_pieces: true },
      { inputs },
    ],
    [{ prompt: 1 }, { messages: [{}] }],
  ],
  ["/detokenize", [{ tokens: [1, 306] }], [{}, { tokens: "1" }, { tokens: [-1] }]],
  ["/apply-template", [{ messages }], [{}, { messages: {} }]],
  [
    "/api/chat",
    [
      { messages, options: { num_predict: 2 } },
      { messages, stream: false, options: { num_predict: 5, temperature: 0 }, format: "json" },
      { messages: [], stream: false },
    ],
    [
      {},
      { messages, options: 1 },
      { messages, stream: 1 },
      { messages, options: { temperature: "x" } },
    ],
  ],
  [
    "/generate",
    [{ inputs }, { inputs, parameters: { max_new_tokens: 3, details: true, temperature: 0.5 } }],
    [{}, { inputs: "" }, { inputs, parameters: { max_new_tokens: "3" } }],
  ],
  [
    "/generate_stream",
    [{ inputs, parameters: { max_new_tokens: 3, details: true } }],
    [{ inputs: 1 }],
  ],
  [
    "/",
    [
      { inputs, parameters: { max_new_tokens: 3 } },
      { inputs, stream: true, parameters: { max_new_tokens: 3 } },
    ],
    [{}],
  ],
];

test("there is an example of every route with a body", () => {
  const withBody = OPERATIONS.filter(({ body }) => body).map(({ path }) => path);
  expect(EXAMPLES.map(([path]) => path)).toEqual(withBody);
});

describe.each(EXAMPLES)("%s", (path, right, wrong) => {
  const operation = OPERATIONS.find((one) => one.path === path);

  test.each(right.map((body) => [JSON.stringify(body)]))(
    "takes %s, and answers as described",
    async (text) => {
      const compile = await validator();
      const valid = compile(operation?.body ?? "");
      expect(valid(JSON.parse(text)), JSON.stringify(valid.errors)).toBe(true);
      const answer = await post(handler(), path, text);
      expect(answer.status, await answer.clone().text()).toBe(200);
      const type = answer.headers.get("content-type")?.split(";")[0] ?? "";
      const isStream = type !== "application/json";
      if (isStream) expect(type).toBe(operation?.event?.[1]);
      const told = isStream ? await items(answer, type) : [await answer.json()].flat();
      // What TGI's /tokenize answers with is an array itself.
      const values =
        operation?.answer === "Tokens" && !isStream && "inputs" in JSON.parse(text) ? [told] : told;
      const check = compile((isStream ? operation?.event?.[0] : operation?.answer) ?? "");
      expect(values.length).toBeGreaterThan(0);
      for (const value of values)
        expect(check(value), JSON.stringify([value, check.errors])).toBe(true);
    },
  );

  test.each(wrong.map((body) => [JSON.stringify(body)]))(
    "refuses %s, as the description does",
    async (text) => {
      const compile = await validator();
      // What must be there but may have one of several names, only the server knows.
      expect(compile(operation?.body ?? "")(JSON.parse(text))).toBe(false);
      const answer = await post(handler(), path, text);
      expect(answer.status).toBe(operation?.error === "TgiError" ? 422 : 400);
      const check = compile(operation?.error ?? "Error");
      const told = await answer.json();
      expect(check(told), JSON.stringify(told)).toBe(true);
    },
  );
});

async function items(answer: Response, type: string): Promise<unknown[]> {
  if (type === "text/event-stream") {
    return (await eventsOf(answer)).filter((event) => event !== "[DONE]");
  }
  const lines = (await answer.text()).trim().split("\n");
  return lines.map((line) => JSON.parse(line));
}
