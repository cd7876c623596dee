import type { IncomingMessage } from "node:http";
import { badRequest } from "../error.ts";

/**
 * Makes a web-standard request of one of Node's.
 *
 * @param signal - fires when the caller leaves
 * @throws ServerError `BAD_REQUEST`
 */
export function toRequest(message: IncomingMessage, signal: AbortSignal): Request {
  const { method = "GET" } = message;
  const hasBody = method !== "GET" && method !== "HEAD";
  try {
    return new Request(urlOf(message), {
      method,
      headers: headersOf(message),
      signal,
      ...(hasBody && { body: bodyOf(message), duplex: "half" }),
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

/** Not `Readable.toWeb`: cancelled, that destroys the connection, on which the refusal is yet to be sent. */
function bodyOf(message: IncomingMessage): ReadableStream<Uint8Array> {
  message.pause();
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        message.on("data", (chunk: Buffer) => {
          controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
          message.pause();
        });
        message.once("end", () => controller.close());
        message.once("error", (error) => controller.error(error));
        message.once("close", () => {
          if (!message.readableEnded) controller.error(new Error("the connection was closed"));
        });
        message.pause(); // nothing is read before somebody asks
      },
      pull() {
        message.resume();
      },
      cancel() {
        discardRest(message);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Reads what nobody wants any more and throws it away, so that the connection can be used again; within the server's time for requests. */
export function discardRest(message: IncomingMessage): void {
  message.removeAllListeners("data");
  message.removeAllListeners("end");
  message.resume();
}
