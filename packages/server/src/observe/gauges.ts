import type { ChatModel } from "@llama2-kit/protocol";
import type { Flights } from "../flights.ts";
import type { ModelDirectory } from "../model-directory.ts";
import { loadOf, type ModelLoad } from "../model-facts.ts";
import { type Labels, writeGauge } from "./prometheus.ts";

/** What is looked at for the gauges. */
export interface GaugeSource {
  readonly models: ModelDirectory;
  readonly flights: Flights;
}

type Sample = readonly [labels: Labels, value: number];

/**
 * How things are at this moment: by our names, and by those of vLLM that inference gateways schedule by. Source: the model
 * server protocol of kubernetes-sigs/gateway-api-inference-extension.
 */
export function writeGauges({ models, flights }: GaugeSource): string {
  const loads = [...models.models].map(([model, name]) => ({
    name,
    model,
    load: measure(model, flights),
  }));
  const each = (value: (load: ModelLoad) => number): Sample[] =>
    loads.map(({ name, load }) => [{ model_name: name }, value(load)]);
  return [
    writeGauge("llama2_kit_requests_in_flight", "Requests under way.", [[{}, flights.count]]),
    writeGauge("llama2_kit_draining", "1 while the server is about to end.", [
      [{}, flights.isDraining ? 1 : 0],
    ]),
    writeGauge(
      "llama2_kit_sequences",
      "Generations that can run at once.",
      each((load) => load.sequences),
    ),
    writeGauge(
      "vllm:num_requests_running",
      "Generations that run.",
      each((load) => load.running),
    ),
    writeGauge(
      "vllm:num_requests_waiting",
      "Generations that wait.",
      each((load) => load.waiting),
    ),
    writeGauge(
      "vllm:kv_cache_usage_perc",
      "Share of the sequences that are in use, from 0 to 1.",
      each(({ running, sequences }) => (sequences === 0 ? 0 : Math.min(1, running / sequences))),
    ),
    writeGauge("vllm:lora_requests_info", "LoRA adapters that are in use.", [
      adapters(flights, loads),
    ]),
  ].join("");
}

/** A model that does not tell, such as a client of another server, has what this server has given it. */
function measure(model: ChatModel, flights: Flights): ModelLoad {
  const running = flights.generating(model).length;
  return loadOf(model) ?? { sequences: 0, running, waiting: 0 };
}

/** In vLLM's form: the value is the time, and the labels have what there is to know. */
function adapters(flights: Flights, loads: readonly { model: ChatModel }[]): Sample {
  const running = loads.flatMap(({ model }) => flights.generating(model));
  const known = loads.flatMap(({ model }) => model.adapters ?? []);
  const labels = {
    max_lora: String(known.length),
    running_lora_adapters: [...new Set(running)].filter(Boolean).join(","),
    waiting_lora_adapters: "",
  };
  return [labels, Date.now() / 1000];
}
