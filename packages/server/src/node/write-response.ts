import { once } from "node:events";
import type { ServerResponse } from "node:http";

/**
 * Writes a web-standard response to one of Node's, no faster than the caller reads.
 *
 * @param stallMs - a caller that reads nothing for so long is disconnected
 */
export async function writeResponse(
  response: Response,
  target: ServerResponse,
  stallMs: number,
): Promise<void> {
  target.statusCode = response.status;
  for (const [name, value] of response.headers) {
    if (name !== "set-cookie") target.setHeader(name, value);
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) target.setHeader("set-cookie", cookies);
  const { body } = response;
  if (!body || target.req.method === "HEAD") {
    await body?.cancel();
    target.end();
  } else if (response.headers.has("content-length")) {
    target.end(new Uint8Array(await response.arrayBuffer()));
  } else {
    target.flushHeaders(); // at once, as what follows may take long
    await writeBody(body, target, stallMs);
  }
}

async function writeBody(
  body: ReadableStream<Uint8Array>,
  target: ServerResponse,
  stallMs: number,
): Promise<void> {
  const reader = body.getReader();
  const leave = () => {
    reader.cancel().catch(() => {});
  };
  target.once("close", leave);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (target.destroyed) return;
      if (!target.write(value)) await drained(target, stallMs);
    }
    target.end();
  } catch {
    // The answer is not whole, and whoever reads it is to know.
    target.destroy();
  } finally {
    target.off("close", leave);
  }
}

/** Waits until the caller has read something; not for ever. */
async function drained(target: ServerResponse, stallMs: number): Promise<void> {
  const stalled = new AbortController();
  const timer = setTimeout(() => target.destroy(), stallMs);
  try {
    await Promise.race([once(target, "drain", stalled), once(target, "close", stalled)]);
  } finally {
    clearTimeout(timer);
    stalled.abort();
  }
}
