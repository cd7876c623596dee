import { Authentication } from "./access/authentication.ts";
import { Cors } from "./access/cors.ts";
import { ServerError } from "./error.ts";
import { openAIError, tgiError } from "./error-bodies.ts";
import { addErrorHeaders } from "./error-response.ts";
import { Exchange } from "./exchange.ts";
import { Flights } from "./flights.ts";
import {
  type CheckedHandlerOptions,
  checkHandlerOptions,
  type HandlerOptions,
} from "./handler-options.ts";
import { ModelDirectory } from "./model-directory.ts";
import { Metrics } from "./observe/metrics.ts";
import { requestIdOf } from "./observe/request-id.ts";
import { describeRequest } from "./observe/request-log.ts";
import { toProblem } from "./problem.ts";
import { type Reply, toResponse } from "./reply.ts";
import { findRoute, methodsOf, type Route } from "./router.ts";
import type { Service } from "./service.ts";

/** Answers requests. It never rejects: whatever goes wrong is told to the caller. */
export interface Handler {
  (request: Request): Promise<Response>;
  /** Whether callers need a key. */
  readonly requiresKey: boolean;
  /**
   * Refuses what is asked for from now on, with 503, and resolves when all that is under way has ended.
   *
   * @param options - `deadlineMs`: what goes on for longer is ended early: streams as `abort`, whole answers with 503.
   *   No deadline by default. It can be called again with another one.
   */
  drain(options?: { readonly deadlineMs?: number | undefined }): Promise<void>;
}

/**
 * Makes a server of models: OpenAI's API, with what vLLM and llama-server add to it, and the main routes of Ollama and of
 * Text Generation Inference. It takes web-standard requests, so it runs wherever these do; `serve` of
 * `@llama2-kit/server/node` listens with it on Node.
 *
 * @param options - `models` is all it takes; see {@link HandlerOptions}
 * @throws ServerError `BAD_OPTION`
 *
 * @example
 * ```ts
 * const handler = createHandler({ models: [await loadModel({ model: "llama-2-7b-chat.Q4_K_M.gguf" })] });
 * const response = await handler(new Request("http://localhost/v1/models"));
 * ```
 */
export function createHandler(options: HandlerOptions): Handler {
  const gate = new Gate(checkHandlerOptions(options));
  return Object.assign((request: Request) => gate.answer(request), {
    requiresKey: gate.authentication.isRequired,
    drain: ({ deadlineMs = Infinity }: { readonly deadlineMs?: number | undefined } = {}) =>
      gate.flights.drain(deadlineMs),
  });
}

/** What every request goes through on its way to its route, and every answer on its way back. */
class Gate {
  readonly authentication: Authentication;
  readonly flights: Flights;
  readonly #options: CheckedHandlerOptions;
  readonly #cors: Cors;
  readonly #service: Service;

  constructor(options: CheckedHandlerOptions) {
    this.#options = options;
    this.#cors = new Cors(options.cors);
    this.authentication = new Authentication(options.apiKeys);
    this.flights = new Flights(options.limits.maxRequests);
    this.#service = {
      models: new ModelDirectory(options.models),
      flights: this.flights,
      metrics: new Metrics(),
      limits: options.limits,
      pingMs: options.pingMs,
      headersMs: options.headersMs,
      created: Math.floor(Date.now() / 1000),
    };
  }

  async answer(request: Request): Promise<Response> {
    const id = requestIdOf(request.headers);
    const headers = new Headers({ "x-request-id": id, "x-content-type-options": "nosniff" });
    this.#cors.addTo(headers, request);
    if (this.#cors.isPreflight(request)) {
      this.#cors.answerPreflight(headers, request);
      return new Response(null, { status: 204, headers });
    }
    const exchange: Exchange = new Exchange(request, id, (ending) => {
      this.flights.remove(exchange);
      this.#service.metrics.record(exchange, ending);
      this.#log(exchange, ending);
    });
    const reply = await this.#route(exchange, headers);
    const response = toResponse(reply, headers);
    if (!("stream" in reply)) exchange.end(response.status);
    return response;
  }

  async #route(exchange: Exchange, headers: Headers): Promise<Reply> {
    let route: Route | undefined;
    try {
      exchange.path = this.#pathOf(exchange.request);
      route = findRoute(exchange.request.method, exchange.path);
      exchange.route = route.path;
      if (!route.isOpen) {
        await this.authentication.check(exchange.request);
        this.#admit(exchange);
      }
      return await route.handle(exchange, this.#service);
    } catch (error) {
      exchange.error ??= error;
      if (ServerError.isInstance(error) && error.code === "METHOD_NOT_ALLOWED") {
        headers.set("allow", methodsOf(exchange.path));
      }
      return tellError(error, route, headers);
    }
  }

  /** The path within this handler. */
  #pathOf({ url }: Request): string {
    const { pathname } = new URL(url);
    const { basePath } = this.#options;
    if (basePath === "") return pathname;
    if (pathname === basePath) return "/";
    return pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length) : "";
  }

  #admit(exchange: Exchange): void {
    if (this.flights.isDraining) {
      throw new ServerError("SHUTTING_DOWN", "The server is about to end. Ask another one.");
    }
    if (this.flights.isFull) {
      const message = `${this.flights.count} requests are under way, which is the limit. Try again soon.`;
      throw new ServerError("QUEUE_FULL", message);
    }
    if (!exchange.hasEnded) this.flights.add(exchange);
  }

  #log(exchange: Exchange, ending: Parameters<typeof describeRequest>[1]): void {
    try {
      this.#options.log?.(describeRequest(exchange, ending));
    } catch {
      // A log that fails is no reason for a request to fail, and there is nobody else to tell.
    }
  }
}

function tellError(error: unknown, route: Route | undefined, headers: Headers): Reply {
  const problem = toProblem(error, route?.textField);
  const { status } = problem;
  addErrorHeaders(headers, problem);
  const errorBody = route?.errorBody ?? openAIError;
  // TGI's word for a request that it does not take is 422.
  const told = errorBody === tgiError && status === 400 ? 422 : status;
  return { status: told, json: errorBody(problem) };
}
