import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { refuseForeignHost } from "../access/hosts.ts";
import { openAIError } from "../error-bodies.ts";
import { toProblem } from "../problem.ts";
import { toResponse } from "../reply.ts";
import { discardAfter } from "./incoming-body.ts";
import { toRequest } from "./to-request.ts";
import { writeResponse } from "./write-response.ts";

/** Answers web-standard requests: a handler of this package, or an app of a framework that has one in it. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/** How a listener works. */
export interface NodeListenerOptions {
  /** A caller that reads nothing for so many milliseconds is disconnected. 60,000 by default. */
  readonly stallMs?: number | undefined;
  /** Hosts that requests may name beside this machine's own. Absent: any. */
  readonly allowedHosts?: readonly string[] | undefined;
}

const DEFAULT_STALL_MS = 60_000;

/**
 * Makes a listener for Node's `http`, and so for Express, Fastify and other frameworks that are built on it. What the
 * caller leaves unread or unheard ends the generation behind it.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 *
 * createServer(nodeListener(createHandler({ models: [model] }))).listen(8080);
 * ```
 */
export function nodeListener(
  handler: FetchHandler,
  { stallMs = DEFAULT_STALL_MS, allowedHosts }: NodeListenerOptions = {},
): RequestListener {
  return (message, target) => {
    answer(message, target, handler, { stallMs, allowedHosts }).catch(() => target.destroy());
  };
}

async function answer(
  message: IncomingMessage,
  target: ServerResponse,
  handler: FetchHandler,
  { stallMs, allowedHosts }: { stallMs: number; allowedHosts: readonly string[] | undefined },
): Promise<void> {
  const left = new AbortController();
  whenLeft(message, target, () => left.abort());
  discardAfter(target, message);
  // Whom nobody listens to any more cannot be told either.
  target.on("error", () => {});
  const response = await respond(message, left.signal, handler, allowedHosts);
  if (left.signal.aborted || target.destroyed) await response.body?.cancel();
  else await writeResponse(response, target, stallMs);
}

/**
 * Tells of a caller that leaves before its answer is whole. Of one that has sent several requests at once, Node's answers to
 * all but the first belong to no connection yet, and are not told when it closes.
 */
function whenLeft({ socket }: IncomingMessage, target: ServerResponse, tell: () => void): void {
  target.once("close", () => {
    socket.off("close", close);
    if (!target.writableFinished) tell();
  });
  function close(): void {
    if (target.socket === null) target.emit("close");
  }
  if (target.socket !== null) return;
  socket.setMaxListeners(0); // it has as many as there are requests
  socket.once("close", close);
}

async function respond(
  message: IncomingMessage,
  signal: AbortSignal,
  handler: FetchHandler,
  allowedHosts: readonly string[] | undefined,
): Promise<Response> {
  let request: Request;
  try {
    if (allowedHosts) refuseForeignHost(message.headers.host, allowedHosts);
    request = toRequest(message, signal);
  } catch (error) {
    const problem = toProblem(error);
    return toResponse({ status: problem.status, json: openAIError(problem) }, new Headers());
  }
  return handler(request);
}
