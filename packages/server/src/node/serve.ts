import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Handler } from "../create-handler.ts";
import { badOption, ServerError } from "../error.ts";
import { isEveryAddress, isLoopback, toUrl } from "./addresses.ts";
import { type FetchHandler, nodeListener } from "./node-listener.ts";

/** Where and how to listen. */
export interface ServeOptions {
  /** 8080 by default; 0 takes one that is free. */
  readonly port?: number | undefined;
  /** The address to listen on. 127.0.0.1 by default, which only this machine can reach. */
  readonly host?: string | undefined;
  /**
   * Listens on an address that other machines can reach although the handler asks for no key: whoever reaches it can use
   * it. False by default, and then such an address is refused.
   */
  readonly publicWithoutKey?: boolean | undefined;
  /**
   * Hosts that requests may name beside this machine's own, where the handler asks for no key and only this machine can reach it;
   * `"any"` takes all. Needed behind a proxy that hands on the host. None by default, so that pages on the web cannot
   * use the server by having their own name lead here.
   */
  readonly allowedHosts?: readonly string[] | "any" | undefined;
  /** A caller that reads nothing for so many milliseconds is disconnected. 60,000 by default. */
  readonly stallMs?: number | undefined;
  /** Connections at once; beyond, new ones are closed. 4096 by default. */
  readonly maxConnections?: number | undefined;
}

/** A server that listens. */
export interface RunningServer {
  /** Where it can be reached from this machine, without a slash at the end. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /**
   * Ends it: what is asked for from now on is refused with 503, what is under way goes on to its end.
   *
   * @param options - `deadlineMs`: what goes on for longer is ended early, as `abort`. 30,000 by default; 0 ends all
   *   at once
   */
  close(options?: { readonly deadlineMs?: number | undefined }): Promise<void>;
}

/** For a whole request to arrive, and its headers. */
const REQUEST_MS = 60_000;
const HEADERS_MS = 20_000;

/** Longer than the usual proxies keep a connection that is not used, so that it is they who close it. */
const KEEP_ALIVE_MS = 75_000;

const DEFAULT_DEADLINE_MS = 30_000;

/** The longest time that a timer takes. */
const MOST_MS = 2 ** 31 - 1;

/** For the last events of what was ended early to be sent. */
const LAST_WORDS_MS = 2000;

/**
 * Listens on a port of this machine, on Node's own `http`.
 *
 * @param handler - of `createHandler`; or any other, such as an app of Hono's in which one is mounted. Such an app drains by
 *   its handler's own `drain`.
 * @throws ServerError `BAD_OPTION`, `PUBLIC_WITHOUT_KEY` or `CANNOT_LISTEN`
 *
 * @example
 * ```ts
 * const server = await serve(createHandler({ models: [model] }), { port: 8080 });
 * console.log(`${server.url}/v1`);
 * process.once("SIGTERM", () => server.close());
 * ```
 */
export async function serve(
  handler: Handler | FetchHandler,
  options: ServeOptions = {},
): Promise<RunningServer> {
  const { port = 8080, host = "127.0.0.1", maxConnections = 4096, stallMs } = options;
  const requiresKey = "requiresKey" in handler && handler.requiresKey;
  if (!requiresKey && !isLoopback(host) && options.publicWithoutKey !== true) {
    throw new ServerError(
      "PUBLIC_WITHOUT_KEY",
      `${host} can be reached from other machines, and there is no key. Give the handler apiKeys, listen on ` +
        "127.0.0.1, or set publicWithoutKey to let everybody in.",
      { parameter: "host" },
    );
  }
  const listener = nodeListener(handler, {
    stallMs,
    allowedHosts: hostsOf(options, requiresKey, host),
  });
  const server = createServer(
    {
      requestTimeout: REQUEST_MS,
      headersTimeout: HEADERS_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      noDelay: true,
      requireHostHeader: true,
      insecureHTTPParser: false,
    },
    listener,
  );
  server.maxConnections = maxConnections;
  await listen(server, port, host);
  const bound = (server.address() as AddressInfo).port;
  let closing: Promise<void> | undefined;
  return {
    url: toUrl(isEveryAddress(host) ? "127.0.0.1" : host, bound),
    host,
    port: bound,
    close({ deadlineMs = DEFAULT_DEADLINE_MS } = {}) {
      const drained = drain(server, handler, deadlineMs);
      closing ??= closeServer(server, drained, deadlineMs);
      return closing;
    },
  };
}

/** Names that requests may have; undefined for any. */
function hostsOf(
  { allowedHosts = [] }: ServeOptions,
  requiresKey: boolean,
  host: string,
): readonly string[] | undefined {
  if (allowedHosts === "any" || requiresKey || !isLoopback(host)) return undefined;
  return allowedHosts.map((name) => name.toLowerCase());
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw badOption("port", port, "an integer from 0 to 65535");
  }
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      const message = `${toUrl(host, port)} cannot be listened on: ${cause.message}.`;
      reject(new ServerError("CANNOT_LISTEN", message, { cause }));
    });
    server.listen(port, host, resolve);
  });
}

/** A handler that is none of ours does not tell when it is done: its connections do. */
async function drain(
  server: Server,
  handler: Handler | FetchHandler,
  deadlineMs: number,
): Promise<void> {
  if ("drain" in handler) return handler.drain({ deadlineMs });
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  return closed;
}

/** Goes on listening while it drains, so that who comes too late is told so. */
async function closeServer(
  server: Server,
  drained: Promise<void>,
  patienceMs: number,
): Promise<void> {
  // A model may not obey, and is then not waited for.
  const patience = new AbortController();
  await Promise.race([drained, wait(patienceMs + LAST_WORDS_MS, patience.signal)]);
  patience.abort();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), LAST_WORDS_MS);
  await closed;
  clearTimeout(timer);
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.min(ms, MOST_MS), undefined, { signal }).catch(() => {});
}
