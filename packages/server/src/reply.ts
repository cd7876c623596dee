/** What a route answers with. */
export type Reply =
  | { readonly status?: number; readonly json: object }
  | { readonly status?: number; readonly text: string; readonly contentType: string }
  | { readonly stream: ReadableStream<Uint8Array>; readonly contentType: string };

/** Server-sent events. */
export const EVENT_STREAM = "text/event-stream; charset=utf-8";

const encoder = new TextEncoder();

/** @param headers - those that all answers have */
export function toResponse(reply: Reply, headers: Headers): Response {
  if ("stream" in reply) {
    headers.set("content-type", reply.contentType);
    headers.set("cache-control", "no-cache, no-transform");
    headers.set("x-accel-buffering", "no"); // or nginx would hold it back
    return new Response(reply.stream, { headers });
  }
  const isJson = "json" in reply;
  const bytes = encoder.encode(isJson ? JSON.stringify(reply.json) : reply.text);
  headers.set("content-type", isJson ? "application/json" : reply.contentType);
  headers.set("content-length", String(bytes.byteLength));
  return new Response(bytes, { status: reply.status ?? 200, headers });
}
