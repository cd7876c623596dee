import { ServerError } from "../error.ts";

/** Names of this machine that no other one can have. */
const LOOPBACK = /^(?:localhost|[\w-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/**
 * Refuses requests that name another host. Without a key, a page on the web whose name leads to 127.0.0.1 (DNS
 * rebinding) could else use a server that was meant for this machine alone: browsers take it for the page's own.
 *
 * @param host - the request's `Host`, perhaps with a port
 * @param allowed - other names that it may have
 * @throws ServerError `WRONG_HOST`
 */
export function refuseForeignHost(host: string | undefined, allowed: readonly string[]): void {
  const name = (host ?? "").replace(/:\d+$/, "");
  if (LOOPBACK.test(name) || allowed.includes(name.toLowerCase())) return;
  throw new ServerError(
    "WRONG_HOST",
    "This server answers to localhost alone, as it asks for no key. Behind a proxy, name the host in allowedHosts " +
      "(--allow-host).",
  );
}
