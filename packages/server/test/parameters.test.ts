import type { ChatOptions } from "@llama2-kit/protocol";
import { describe, expect, test } from "vitest";
import { createHandler } from "../src/index.ts";
import { CHAT, post } from "./ask.ts";
import { says, scriptedModel } from "./scripted-model.ts";

const model = scriptedModel(says("hi"), { id: "cria" });
const handler = createHandler({ models: [model] });

/** The options that reach the model. */
async function optionsFor(fields: object, path = "/v1/chat/completions"): Promise<ChatOptions> {
  const answer = await post(handler, path, { ...CHAT, ...fields });
  expect(answer.status, await answer.text()).toBe(200);
  const { signal: _, ...options } = model.asked.at(-1)?.options ?? {};
  return options;
}

const refusal = async (fields: object, path = "/v1/chat/completions") => {
  const answer = await post(handler, path, { ...CHAT, ...fields });
  expect(answer.status).toBe(400);
  return (await answer.json()).error;
};

describe("OpenAI's fields and those that servers add become our options", () => {
  test.each<[object, object]>([
    [{}, {}],
    [{ temperature: null, stop: null, n: null, seed: null, logit_bias: null }, {}],
    [
      { temperature: 0.5, top_p: 0.9, max_tokens: 7 },
      { temperature: 0.5, topP: 0.9, maxTokens: 7 },
    ],
    [{ max_completion_tokens: 8, max_tokens: 7 }, { maxTokens: 8 }],
    [{ max_tokens: -1 }, {}],
    [
      { top_k: 5, min_p: 0.1, typical_p: 0.9, top_n_sigma: 1 },
      { topK: 5, minP: 0.1, typicalP: 0.9, topNSigma: 1 },
    ],
    [
      { top_k: -1, top_n_sigma: -1 },
      { topK: 0, topNSigma: 0 },
    ],
    [{ repetition_penalty: 1.1 }, { repeatPenalty: 1.1 }],
    [
      { repeat_penalty: 1.2, repeat_last_n: 9 },
      { repeatPenalty: 1.2, penaltyWindow: 9 },
    ],
    [
      { frequency_penalty: 1, presence_penalty: -1 },
      { frequencyPenalty: 1, presencePenalty: -1 },
    ],
    [{ mirostat: 0, mirostat_tau: 4 }, {}],
    [{ mirostat: 2, mirostat_tau: 4, mirostat_eta: 0.2 }, { mirostat: { tau: 4, eta: 0.2 } }],
    [{ dynatemp_range: 0 }, {}],
    [
      { dynatemp_range: 0.5, dynatemp_exponent: 2 },
      { dynamicTemperature: { range: 0.5, exponent: 2 } },
    ],
    [{ xtc_probability: 0.3, xtc_threshold: 0.2 }, { xtc: { probability: 0.3, threshold: 0.2 } }],
    [
      {
        dry_multiplier: 0.8,
        dry_base: 2,
        dry_allowed_length: 3,
        dry_penalty_last_n: -1,
        dry_sequence_breakers: ["x"],
      },
      { dry: { multiplier: 0.8, base: 2, allowedLength: 3, breakers: ["x"] } },
    ],
    [{ logit_bias: { 5: -100, 6: 1.5 } }, { logitBias: { 5: -100, 6: 1.5 } }],
    [
      {
        logit_bias: [
          [5, false],
          [6, 1],
        ],
      },
      { logitBias: { 5: -100, 6: 1 } },
    ],
    [{ stop: "a" }, { stop: ["a"] }],
    [{ stop: [] }, {}],
    [{ seed: 42 }, { seed: 42 }],
    [{ seed: -1 }, {}],
    [{ seed: -2 }, { seed: 2 ** 32 - 3 }],
    [{ seed: 2 ** 32 - 1 }, { seed: 0 }],
    [{ logprobs: true }, { logprobs: 0 }],
    [{ logprobs: true, top_logprobs: 5 }, { logprobs: 5 }],
    [
      { continue_final_message: true, add_generation_prompt: false },
      { continueFinalMessage: true },
    ],
    [{ response_format: { type: "text" } }, {}],
    [
      { response_format: { type: "json_schema", json_schema: { name: "x", schema: { a: 1 } } } },
      { jsonSchema: { a: 1 } },
    ],
    [{ json_schema: { a: 1 } }, { jsonSchema: { a: 1 } }],
    [{ guided_json: { a: 1 } }, { jsonSchema: { a: 1 } }],
    [{ structured_outputs: { json: { a: 1 } } }, { jsonSchema: { a: 1 } }],
    [{ grammar: 'root ::= "a"' }, { grammar: 'root ::= "a"' }],
    [{ guided_choice: ["a", 'b"\n'] }, { grammar: 'root ::= "a" | "b\\"\\n"\n' }],
    [
      {
        tools: [],
        tool_choice: "none",
        parallel_tool_calls: false,
        user: "u",
        store: true,
        metadata: {},
      },
      {},
    ],
    [{ priority: 9 }, {}],
  ])("%j", async (fields, options) => {
    expect(await optionsFor(fields)).toEqual(options);
  });

  test.each<[object, object]>([
    [{}, { maxTokens: 16 }],
    [{ max_tokens: 20 }, { maxTokens: 20 }],
    [{ max_tokens: -1 }, {}],
    [{ max_tokens: null }, {}],
    [{ max_completion_tokens: null, max_tokens: 9 }, { maxTokens: 9 }],
  ])("a completion with %j", async (fields, options) => {
    expect(await optionsFor({ prompt: "x", ...fields }, "/v1/completions")).toEqual(options);
  });

  test("several answers have seeds of their own", async () => {
    const before = model.asked.length;
    await optionsFor({ n: 3, seed: 2 ** 32 - 2 });
    const seeds = model.asked.slice(before).map(({ options }) => options.seed);
    expect(seeds).toEqual([2 ** 32 - 2, 0, 1]);
  });

  test("Ollama's", async () => {
    const options = {
      num_predict: 9,
      temperature: 0.1,
      top_k: 3,
      repeat_penalty: 1.3,
      stop: ["x"],
      seed: 4,
      num_ctx: 99,
    };
    expect(await optionsFor({ stream: false, options, keep_alive: "5m" }, "/api/chat")).toEqual({
      maxTokens: 9,
      temperature: 0.1,
      topK: 3,
      repeatPenalty: 1.3,
      stop: ["x"],
      seed: 4,
    });
  });

  test.each<[object, object]>([
    [{}, { temperature: 0, maxTokens: 100 }],
    [
      { do_sample: true, max_new_tokens: 5 },
      { temperature: 1, topK: 0, topP: 1, maxTokens: 5 },
    ],
    [{ temperature: 0.7 }, { temperature: 0.7, topK: 0, topP: 1, maxTokens: 100 }],
    [
      { top_k: 4, typical_p: 0.8 },
      { temperature: 1, topK: 4, topP: 1, typicalP: 0.8, maxTokens: 100 },
    ],
    [
      { details: true, top_n_tokens: 3 },
      { temperature: 0, maxTokens: 100, logprobs: 3 },
    ],
  ])("TGI's %j", async (parameters, options) => {
    expect(await optionsFor({ inputs: "x", parameters }, "/generate")).toEqual(options);
  });
});

describe("what cannot be followed is refused, by name", () => {
  test.each<[object, string]>([
    [{ tools: [{ type: "function" }] }, "tools"],
    [{ suffix: "x" }, "suffix"],
    [{ use_beam_search: true }, "use_beam_search"],
    [{ prompt_logprobs: 1 }, "prompt_logprobs"],
    [{ chat_template: "x" }, "chat_template"],
    [{ stop_token_ids: [2] }, "stop_token_ids"],
    [{ guided_regex: "a" }, "guided_regex"],
    [{ structured_outputs: { regex: "a" } }, "structured_outputs.regex"],
    [{ mirostat: 1 }, "mirostat"],
    [{ best_of: 2 }, "best_of"],
    [{ top_logprobs: 2 }, "top_logprobs"],
    [{ n: 33 }, "n"],
    [{ json_schema: {}, grammar: "x" }, "response_format"],
    [{ continue_final_message: true, add_generation_prompt: true }, "continue_final_message"],
    [{ stop: Array(65).fill("x") }, "stop"],
    [{ stop: "x".repeat(1001) }, "stop"],
    [{ logit_bias: { x: 1 } }, "logit_bias"],
    [{ logit_bias: { 1: "x" } }, "logit_bias"],
    [{ messages: [{ role: "tool", content: "x" }] }, "messages[0].role"],
    [
      { messages: [{ role: "user", content: [{ type: "image_url" }] }] },
      "messages[0].content[0].type",
    ],
    [
      { messages: [{ role: "assistant", content: "x", tool_calls: [{}] }] },
      "messages[0].tool_calls",
    ],
  ])("%j", async (fields, param) => {
    expect(await refusal(fields)).toMatchObject({ param, type: "invalid_request_error" });
  });

  test("Ollama's images and tools", async () => {
    for (const fields of [
      { tools: [{}] },
      { messages: [{ role: "user", content: "x", images: ["a"] }] },
    ]) {
      expect(await refusal(fields, "/api/chat")).toMatch(/not supported|cannot be read/);
    }
  });
});

test("messages' parts are joined, and developers are the system", async () => {
  const messages = [
    {
      role: "developer",
      content: [
        { type: "text", text: "Be " },
        { type: "text", text: "kind." },
      ],
    },
    { role: "user", content: "Hi", name: "zoe" },
  ];
  await optionsFor({ messages });
  expect(model.asked.at(-1)?.messages).toEqual([
    { role: "system", content: "Be kind." },
    { role: "user", content: "Hi" },
  ]);
});
