import { expect, test } from "vitest";
import { createHandler, type RequestLogEntry } from "../src/index.ts";
import { CHAT, eventsOf, post } from "./ask.ts";
import { useCria } from "./cria.ts";
import { says, saysAndWaits, scriptedModel } from "./scripted-model.ts";

const cria = useCria({ sequences: 2 });
const metricsOf = async (handler: ReturnType<typeof createHandler>) =>
  (await handler(new Request("http://localhost/metrics"))).text();

test("metrics are in Prometheus's format, and count what was done", async () => {
  const handler = createHandler({ models: [cria()] });
  const body = { ...CHAT, temperature: 0 };
  const { usage } = await (await post(handler, "/v1/chat/completions", body)).json();
  await eventsOf(await post(handler, "/v1/chat/completions", { ...body, stream: true }));
  await post(handler, "/v1/chat/completions", { ...body, temperature: -1 });
  const text = await metricsOf(handler);
  for (const line of text.trimEnd().split("\n")) {
    expect(line).toMatch(
      /^(?:# (?:HELP|TYPE) [\w:]+ .+|[\w:]+(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? [\d.eE+-]+)$/,
    );
  }
  const value = (sample: string) => Number(text.split(`\n${sample} `)[1]?.split("\n")[0]);
  const route = 'route="/v1/chat/completions"';
  expect(value(`llama2_kit_requests_total{${route},status="200",model="cria"}`)).toBe(2);
  expect(value(`llama2_kit_requests_total{${route},status="400",model="cria"}`)).toBe(1);
  expect(value('llama2_kit_generated_tokens_total{model="cria"}')).toBe(
    2 * usage.completion_tokens,
  );
  expect(value('llama2_kit_prompt_tokens_total{model="cria"}')).toBe(2 * usage.prompt_tokens);
  expect(value('llama2_kit_time_to_first_token_seconds_count{model="cria"}')).toBe(2);
  expect(value(`llama2_kit_request_duration_seconds_bucket{${route},le="+Inf"}`)).toBe(3);
});

test("vLLM's gauges tell how busy a model is, and with which adapters", async () => {
  const waiting = scriptedModel(saysAndWaits("Once"), { id: "m", adapters: ["sql"] });
  const handler = createHandler({ models: [waiting] });
  const streams = await Promise.all(
    ["m", "sql"].map((model) =>
      post(handler, "/v1/chat/completions", { ...CHAT, model, stream: true }),
    ),
  );
  const busy = await metricsOf(handler);
  expect(busy).toContain('vllm:num_requests_running{model_name="m"} 2\n');
  expect(busy).toContain('vllm:num_requests_waiting{model_name="m"} 0\n');
  expect(busy).toMatch(
    /vllm:lora_requests_info\{max_lora="1",running_lora_adapters="sql",waiting_lora_adapters=""\} \d/,
  );
  for (const { body } of streams) await body?.cancel();
  expect(await metricsOf(handler)).toContain('vllm:num_requests_running{model_name="m"} 0\n');

  const load = { sequences: 4, running: 3, waiting: 5 };
  const told = await metricsOf(
    createHandler({ models: [scriptedModel(says(), { id: "m", load })] }),
  );
  expect(told).toContain('vllm:num_requests_running{model_name="m"} 3\n');
  expect(told).toContain('vllm:num_requests_waiting{model_name="m"} 5\n');
  expect(told).toContain('vllm:kv_cache_usage_perc{model_name="m"} 0.75\n');
});

test("there is one entry in the log for each request, with what it took and not what was said", async () => {
  const log: RequestLogEntry[] = [];
  const handler = createHandler({ models: [cria()], log: (entry) => log.push(entry) });
  const headers = { "x-request-id": "mine" };
  await eventsOf(
    await post(handler, "/v1/chat/completions", { ...CHAT, stream: true }, { headers }),
  );
  expect(log).toHaveLength(1);
  expect(log[0]).toMatchObject({
    level: "info",
    requestId: "mine",
    method: "POST",
    route: "/v1/chat/completions",
    status: 200,
    model: "cria",
    stream: true,
    promptTokens: expect.any(Number),
    completionTokens: expect.any(Number),
    finishReasons: ["stop"],
    timeToFirstTokenMs: expect.any(Number),
  });
  expect(JSON.stringify(log)).not.toContain("Zoe");
  await post(handler, "/v1/chat/completions", { ...CHAT, model: "x\ny" });
  expect(log[1]).toMatchObject({ level: "warn", status: 404, error: { code: "MODEL_NOT_FOUND" } });
  expect(JSON.stringify(log[1])).not.toContain("\n");
  await handler(new Request("http://localhost/nowhere"));
  expect(log[2]).toMatchObject({ route: "unknown", status: 404 });
});

test("a log that fails is no reason for a request to fail", async () => {
  const handler = createHandler({
    models: [scriptedModel(says("hi"))],
    log: () => {
      throw new Error("full");
    },
  });
  expect((await handler(new Request("http://localhost/health"))).status).toBe(200);
});
