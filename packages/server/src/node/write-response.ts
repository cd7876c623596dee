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
    await writeWhole(new Uint8Array(await response.arrayBuffer()), target, stallMs);
  } else {
    target.flushHeaders(); // at once, as what follows may take long
    await writeBody(body, target, stallMs);
  }
}

/** In slices, as only between them can a caller be told that reads slowly from one that does not read. */
const SLICE = 65_536;

async function writeWhole(bytes: Uint8Array, target: ServerResponse, stallMs: number) {
  for (let at = 0; at < bytes.length && !target.destroyed; at += SLICE) {
    if (!target.write(bytes.subarray(at, at + SLICE))) await told("drain", target, stallMs);
  }
  await end(target, stallMs);
}

/** What is left may never be read either, and would hold the connection. */
async function end(target: ServerResponse, stallMs: number): Promise<void> {
  target.end();
  if (!target.writableFinished && !target.destroyed) await told("finish", target, stallMs);
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
      if (!target.write(value)) await told("drain", target, stallMs);
    }
    await end(target, stallMs);
  } catch {
    // The answer is not whole, and whoever reads it is to know.
    target.destroy();
  } finally {
    target.off("close", leave);
  }
}

/** Waits until the caller has read something; not for ever. */
async function told(
  event: "drain" | "finish",
  target: ServerResponse,
  stallMs: number,
): Promise<void> {
  const stalled = new AbortController();
  // Of several requests sent at once, all but the first wait for their turn, which is nobody's fault.
  const isStalled = () => (target.socket ? target.destroy() : timer.refresh());
  const timer = setTimeout(isStalled, stallMs);
  try {
    await Promise.race([once(target, event, stalled), once(target, "close", stalled)]);
  } finally {
    clearTimeout(timer);
    stalled.abort();
  }
}
