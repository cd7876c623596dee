import type { IncomingMessage } from "node:http";
import { badRequest } from "../error.ts";
import { IncomingBody } from "./incoming-body.ts";

/**
 * Makes a web-standard request of one of Node's.
 *
 * @param signal - fires when the caller leaves
 * @throws ServerError `BAD_REQUEST`
 */
export function toRequest(message: IncomingMessage, signal: AbortSignal): Request {
  const { method = "GET" } = message;
  const body = method === "GET" || method === "HEAD" ? undefined : new IncomingBody(message);
  try {
    return new Request(urlOf(message), {
      method,
      headers: headersOf(message),
      signal,
      ...(body && { body: body.stream, duplex: "half" }),
    } as RequestInit);
  } catch {
    // A method that web requests do not have, such as TRACE; or an address that is none.
    throw badRequest(undefined, "The request line is not one that this server takes.");
  }
}

/** What stands in for a host that is none: nothing here depends on it. */
const ANY_HOST = "localhost";

function urlOf({ url = "/", headers }: IncomingMessage): string {
  // A proxy's form has the whole address in it; any other begins with a slash, and perhaps two.
  if (!url.startsWith("/")) return url;
  const host = headers.host ?? ANY_HOST;
  return URL.canParse(`http://${host}/`) ? `http://${host}${url}` : `http://${ANY_HOST}${url}`;
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
  }
  return headers;
}
