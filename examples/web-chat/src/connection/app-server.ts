import { parseServerSentEvents } from "@llama2-kit/client";
import type {
  Access,
  AppState,
  BenchmarkEvent,
  LoadRequest,
  PromptCount,
  PromptRequest,
  PromptView,
} from "../app-api.ts";

/** What the page's own server answered when it did not do what it was asked for. */
export class AppServerError extends Error {
  override readonly name = "AppServerError";
  /** The HTTP status; 0 where the server could not be reached. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Asks the page's own server for what is not in OpenAI's API. */
export class AppServer {
  readonly #key: () => string;

  /** @param key - tells the key that the server asks for, or "" */
  constructor(key: () => string) {
    this.#key = key;
  }

  async needsKey(): Promise<boolean> {
    const { needsKey }: Access = await (await this.#ask("GET", "app/access")).json();
    return needsKey;
  }

  /** The states of the server, as they change, until the connection ends. */
  async *states(signal: AbortSignal): AsyncGenerator<AppState> {
    const { body } = await this.#ask("GET", "app/events", { signal });
    if (!body) return;
    for await (const { data } of parseServerSentEvents(body)) yield JSON.parse(data) as AppState;
  }

  /** What the model reads. */
  async prompt(request: PromptRequest, signal?: AbortSignal): Promise<PromptView> {
    const response = await this.#ask("POST", "app/prompt", { body: request, signal });
    return response.json();
  }

  /** How long a prompt is, and what would be left out of it. */
  async count(request: PromptRequest, signal?: AbortSignal): Promise<PromptCount> {
    const body = { ...request, countOnly: true };
    return (await this.#ask("POST", "app/prompt", { body, signal })).json();
  }

  /** Loads another model; how that goes is told by {@link states}. */
  async load(request: LoadRequest): Promise<void> {
    await this.#ask("POST", "app/model", { body: request });
  }

  async cancelLoading(): Promise<void> {
    await this.#ask("DELETE", "app/model/loading");
  }

  /** Teaches an adapter; how that goes is told by {@link states}. */
  async train(request: object): Promise<void> {
    await this.#ask("POST", "app/training", { body: request });
  }

  async stopTraining(): Promise<void> {
    await this.#ask("DELETE", "app/training");
  }

  /** Measures the model. */
  async *benchmark(signal: AbortSignal): AsyncGenerator<BenchmarkEvent> {
    const { body } = await this.#ask("POST", "app/benchmark", { body: {}, signal });
    if (!body) return;
    for await (const { data } of parseServerSentEvents(body)) {
      yield JSON.parse(data) as BenchmarkEvent;
    }
  }

  async #ask(
    method: string,
    path: string,
    { body, signal }: { body?: unknown; signal?: AbortSignal | undefined } = {},
  ): Promise<Response> {
    const key = this.#key();
    const headers = new Headers();
    if (key !== "") headers.set("authorization", `Bearer ${key}`);
    if (body !== undefined) headers.set("content-type", "application/json");
    const request: RequestInit = { method, headers };
    if (body !== undefined) request.body = JSON.stringify(body);
    if (signal) request.signal = signal;
    const response = await fetch(`/${path}`, request).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw new AppServerError(0, "The server cannot be reached. Is it still running?");
    });
    if (!response.ok) throw new AppServerError(response.status, await messageOf(response));
    return response;
  }
}

async function messageOf(response: Response): Promise<string> {
  try {
    const { error } = (await response.json()) as { error: { message: string } };
    return error.message;
  } catch {
    return `The server answered with status ${response.status}.`;
  }
}
