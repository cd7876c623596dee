import type { Exchange } from "./exchange.ts";
import type { Flights } from "./flights.ts";
import type { ModelDirectory } from "./model-directory.ts";
import type { Metrics } from "./observe/metrics.ts";
import type { Reply } from "./reply.ts";

/** What routes work with. */
export interface Service {
  readonly models: ModelDirectory;
  readonly flights: Flights;
  readonly metrics: Metrics;
  readonly limits: ServiceLimits;
  /** How long a stream is silent before a ping, in milliseconds. */
  readonly pingMs: number;
  /** How long a stream's headers wait for an error that would have a status of its own, in milliseconds. */
  readonly headersMs: number;
  /** When the handler was made, in seconds since 1970: as far as callers know, when the models came into being. */
  readonly created: number;
}

/** What one request may ask for. */
interface ServiceLimits {
  /** Bytes of a body. */
  readonly maxBodyBytes: number;
  /** Answers to one request: prompts times `n`. */
  readonly maxChoices: number;
  /** Texts to embed in one request. */
  readonly maxEmbeddingInputs: number;
}

/** Answers one kind of request. What it throws is told to the caller. */
export type RouteHandler = (exchange: Exchange, service: Service) => Promise<Reply> | Reply;
