import type { Ending, Exchange } from "../exchange.ts";
import { type GaugeSource, writeGauges } from "./gauges.ts";
import { Counter, Histogram } from "./prometheus.ts";

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** What the server counts. Labels are routes, statuses and models that exist, so their number is bounded. */
export class Metrics {
  readonly #requests = new Counter(
    "llama2_kit_requests_total",
    "Requests that have ended, by route, status and model. 499: the caller left before the end.",
  );
  readonly #promptTokens = new Counter(
    "llama2_kit_prompt_tokens_total",
    "Tokens of prompts, those from the cache included.",
  );
  readonly #cachedTokens = new Counter(
    "llama2_kit_cached_prompt_tokens_total",
    "Tokens of prompts that were in the cache.",
  );
  readonly #generatedTokens = new Counter(
    "llama2_kit_generated_tokens_total",
    "Tokens that were generated.",
  );
  readonly #finishes = new Counter(
    "llama2_kit_answers_total",
    "Answers, by model and by why they ended.",
  );
  readonly #durations = new Histogram(
    "llama2_kit_request_duration_seconds",
    "Time from a request's coming to the last byte of its answer.",
    SECONDS,
  );
  readonly #firstTokens = new Histogram(
    "llama2_kit_time_to_first_token_seconds",
    "Time from a request's coming to its first token.",
    SECONDS,
  );
  readonly #queueTimes = new Histogram(
    "llama2_kit_queue_time_seconds",
    "Time that a generation has waited for its turn.",
    SECONDS,
  );

  /** Counts a request that has ended. */
  record(exchange: Exchange, { status, durationMs }: Ending): void {
    const { route, served, results } = exchange;
    const model = served?.name ?? "";
    this.#requests.add({ route, status: String(status), model });
    if (served) this.#durations.observe({ route }, durationMs / 1000);
    for (const { usage, timings, finishReason } of results) {
      this.#promptTokens.add({ model }, usage.promptTokens);
      this.#cachedTokens.add({ model }, usage.cachedTokens);
      this.#generatedTokens.add({ model }, usage.completionTokens);
      this.#finishes.add({ model, reason: finishReason });
      const { timeToFirstTokenMs, queuedMs } = timings;
      if (timeToFirstTokenMs !== undefined) {
        this.#firstTokens.observe({ model }, timeToFirstTokenMs / 1000);
      }
      if (queuedMs !== undefined) this.#queueTimes.observe({ model }, queuedMs / 1000);
    }
  }

  /** Everything in Prometheus's text format. */
  write(source: GaugeSource): string {
    const families = [
      this.#requests,
      this.#durations,
      this.#firstTokens,
      this.#queueTimes,
      this.#promptTokens,
      this.#cachedTokens,
      this.#generatedTokens,
      this.#finishes,
    ];
    return families.map((family) => family.write()).join("") + writeGauges(source);
  }
}
