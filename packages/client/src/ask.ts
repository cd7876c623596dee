import { tryEndpoints } from "./attempts.ts";
import type { JsonRoute, WireRequest } from "./dialect.ts";
import type { Endpoint } from "./endpoint.ts";
import { ClientError } from "./error.ts";
import { networkError, send } from "./send.ts";
import type { Settings } from "./settings.ts";
import { abortable, Watch } from "./watch.ts";

const NEVER: AbortSignal = new AbortController().signal;

/**
 * Asks for what is answered by JSON: models, embeddings, tokens. Waits as long as for a stream's beginning, and tries again as
 * often.
 *
 * @throws ClientError for any failure; the signal's reason where that fires
 */
export async function ask<Input, Output>(
  settings: Settings,
  route: JsonRoute<Input, Output>,
  input: Input,
  signal: AbortSignal = NEVER,
): Promise<Output> {
  const request = route.write(input, settings.model);
  const json = await tryEndpoints(settings, {
    signal,
    run: (endpoint) => fetchJson(settings, endpoint, request, signal),
  });
  try {
    return route.read(json);
  } catch (cause) {
    throw new ClientError(
      "BAD_RESPONSE",
      `The server's answer to ${request.path} has another form.`,
      {
        cause,
      },
    );
  }
}

/** Sends a request to an endpoint, and reads the JSON that comes back. */
export async function fetchJson(
  settings: Settings,
  endpoint: Endpoint,
  request: WireRequest,
  signal: AbortSignal,
): Promise<unknown> {
  const watch = new Watch(signal);
  watch.start("connect", settings.timeouts.connectMs);
  try {
    const response = await send(settings, endpoint, request, watch.signal);
    watch.start("idle", settings.timeouts.idleMs);
    return await readJson(response, request, watch.signal);
  } finally {
    watch.cut();
  }
}

async function readJson(
  response: Response,
  { path }: WireRequest,
  signal: AbortSignal,
): Promise<unknown> {
  let text: string;
  try {
    text = await abortable(response.text(), signal);
  } catch (error) {
    throw signal.aborted ? signal.reason : networkError("The connection broke", error);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const problem = `The server answered ${path} with what is not JSON. Is baseUrl right?`;
    throw new ClientError("BAD_RESPONSE", problem, { cause });
  }
}
