import { Llama2KitError } from "@llama2-kit/protocol";
import { ServerError } from "../error.ts";
import type { Ending, Exchange } from "../exchange.ts";

/** What is told of a request when it has ended. Never what was said in it, nor a key. */
export interface RequestLogEntry {
  /** ISO 8601. */
  readonly time: string;
  readonly level: "info" | "warn" | "error";
  readonly requestId: string;
  readonly method: string;
  /** Path of the route; `unknown` where there is none. */
  readonly route: string;
  /** 499 where the caller left before the end. */
  readonly status: number;
  readonly durationMs: number;
  readonly model?: string;
  readonly stream?: boolean;
  readonly promptTokens?: number;
  readonly cachedTokens?: number;
  readonly completionTokens?: number;
  readonly finishReasons?: readonly string[];
  readonly queuedMs?: number;
  readonly timeToFirstTokenMs?: number;
  readonly error?: {
    readonly name: string;
    readonly code?: string;
    readonly message: string;
    /** Of errors that are nobody's fault but the program's. */
    readonly stack?: string;
    readonly cause?: string;
  };
}

/** Describes a request that has ended. */
export function describeRequest(
  exchange: Exchange,
  { status, durationMs }: Ending,
): RequestLogEntry {
  const { request, served, results, error } = exchange;
  return {
    time: new Date().toISOString(),
    level: error === undefined ? "info" : levelOf(status, error),
    requestId: exchange.id,
    method: request.method,
    route: exchange.route,
    status,
    durationMs: round(durationMs),
    ...(served && { model: served.name, stream: exchange.isStream }),
    ...(results.length > 0 && describeResults(exchange)),
    ...(error !== undefined && { error: describeError(error) }),
  };
}

/** This package refuses for reasons that are no defects, such as a model that is still being loaded. */
function levelOf(status: number, error: unknown): "warn" | "error" {
  if (ServerError.isInstance(error)) return "warn";
  return status >= 500 || !Llama2KitError.isInstance(error) ? "error" : "warn";
}

function describeResults({ results }: Exchange): Partial<RequestLogEntry> {
  const sum = (count: (usage: (typeof results)[number]["usage"]) => number) =>
    results.reduce((total, { usage }) => total + count(usage), 0);
  const { queuedMs, timeToFirstTokenMs } = results[0]?.timings ?? {};
  return {
    promptTokens: sum((usage) => usage.promptTokens),
    cachedTokens: sum((usage) => usage.cachedTokens),
    completionTokens: sum((usage) => usage.completionTokens),
    finishReasons: results.map(({ finishReason }) => finishReason),
    ...(queuedMs !== undefined && { queuedMs: round(queuedMs) }),
    ...(timeToFirstTokenMs !== undefined && { timeToFirstTokenMs: round(timeToFirstTokenMs) }),
  };
}

function describeError(error: unknown): NonNullable<RequestLogEntry["error"]> {
  if (!(error instanceof Error)) return { name: typeof error, message: String(error) };
  const { name, message, stack, cause } = error;
  const known = Llama2KitError.isInstance(error);
  return {
    name,
    message,
    ...(known && { code: error.code }),
    ...(!known && stack !== undefined && { stack }),
    ...(cause !== undefined && { cause: cause instanceof Error ? cause.message : String(cause) }),
  };
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
