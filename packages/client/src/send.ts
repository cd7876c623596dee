import { isRecord } from "./describe.ts";
import type { WireRequest } from "./dialect.ts";
import type { Endpoint } from "./endpoint.ts";
import { ClientError } from "./error.ts";
import { readRetryAfter } from "./retry.ts";
import {
  type AnswerFacts,
  findProblem,
  readProblem,
  readRecord,
  toClientError,
} from "./server-problem.ts";
import type { Settings } from "./settings.ts";
import { abortable, Watch } from "./watch.ts";

/** Of an answer that tells what went wrong, as much as is read. */
const LONGEST_PROBLEM = 2 ** 16;

/** Milliseconds that reading it may take: its status says enough to go on with. */
const PROBLEM_MS = 2_000;

/**
 * Sends a request, and waits for the answer's status.
 *
 * @returns the answer, whose status is one of success
 * @throws ClientError for any other; the signal's reason where that fires
 */
export async function send(
  settings: Settings,
  endpoint: Endpoint,
  request: WireRequest,
  signal: AbortSignal,
): Promise<Response> {
  const { path, body, method = body ? "POST" : "GET" } = request;
  const headers = await abortable(settings.headers(), signal);
  for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value);
  // Followed, a redirect would carry the key to wherever it points, and lose the body.
  const init = { method, headers, redirect: "manual", signal, body: toJson(body) } as const;
  const url = endpoint.url(path);
  // What fetch throws at once, for a bad address or so, comes as a rejection too.
  const sent = (async () => settings.fetch(url, init))();
  let response: Response;
  try {
    response = await abortable(sent, signal);
  } catch (error) {
    // A fetch of somebody's own may not heed the signal, and what it brings is then not wanted.
    sent.then(discard, () => {});
    throw signal.aborted ? signal.reason : networkError(`Cannot reach ${withoutQuery(url)}`, error);
  }
  if (response.ok) return response;
  throw await errorOf(response, url, signal);
}

function toJson(body: object | undefined): string | null {
  try {
    return body ? JSON.stringify(body) : null;
  } catch (cause) {
    throw new ClientError("BAD_PARAMETER", "Options and extraBody must be JSON.", { cause });
  }
}

/** The error for a connection that was not made, or broke. */
export function networkError(problem: string, cause: unknown): ClientError {
  // Node's fetch says no more than "fetch failed", and has the reason as its cause.
  const { cause: reason } = isRecord(cause) ? cause : {};
  const { code, message } = (reason ?? cause ?? {}) as { code?: unknown; message?: unknown };
  return new ClientError("NETWORK", `${problem}: ${String(code ?? message ?? cause)}.`, {
    cause,
    retryable: true,
  });
}

/**
 * The error of an answer that is no stream: one with an error status, a web page, JSON.
 *
 * @throws the signal's reason where that fires
 */
export async function errorOf(
  response: Response,
  url: string,
  signal: AbortSignal,
): Promise<ClientError> {
  const { status, headers } = response;
  const address = withoutQuery(url);
  const facts = readFacts(response);
  if (status === 0 || (status >= 300 && status < 400)) {
    discard(response);
    return new ClientError(
      "BAD_RESPONSE",
      `${address} redirects to ${headers.get("location") ?? "somewhere"}. Requests carry a key and are not redirected: set baseUrl to where it leads.`,
      { status },
    );
  }
  const text = await readStart(response, signal);
  if (status >= 400) return toClientError(readProblem(text), facts);
  const { requestId } = facts;
  const problem = findProblem(readRecord(text) ?? {});
  if (problem) return toClientError(problem, { requestId });
  return new ClientError(
    "BAD_RESPONSE",
    `${address} answered with ${headers.get("content-type") ?? "an unknown type"} instead of a stream. Is baseUrl right, or is a login page before it?`,
    { status, requestId },
  );
}

function readFacts({ status, headers }: Response): AnswerFacts {
  const shouldRetry = headers.get("x-should-retry");
  return {
    status,
    requestId: headers.get("x-request-id") ?? undefined,
    retryAfterMs: readRetryAfter(headers),
    shouldRetry: shouldRetry === null ? undefined : shouldRetry === "true",
  };
}

/** The beginning of a body as text; what there is of it where it breaks off, or does not end. */
async function readStart(response: Response, signal: AbortSignal): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const watch = new Watch(signal);
  watch.start("total", PROBLEM_MS);
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (text.length < LONGEST_PROBLEM) {
      const { done, value } = await abortable(reader.read(), watch.signal);
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    if (signal.aborted) throw signal.reason;
  } finally {
    watch.stop();
    reader.cancel().catch(() => {});
  }
  return text;
}

function discard(response: Response): void {
  response.body?.cancel().catch(() => {});
}

/** A query may hold a key. */
function withoutQuery(url: string): string {
  return url.split("?")[0] ?? url;
}
