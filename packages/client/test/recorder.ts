/** A request that a client has made. */
export interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;
}

/** What to answer a request with: bytes of a stream, JSON, a response, or an error to fail with. */
export type Reply =
  | string
  | object
  | Response
  | Error
  | ((request: Recorded) => Reply | Promise<Reply>);

/** A `fetch` that keeps what it is asked for, and answers each request with the next of the replies; the last one stays. */
export function record(...replies: Reply[]): { fetch: typeof fetch; requests: Recorded[] } {
  const requests: Recorded[] = [];
  const answer = async (url: string, init: RequestInit): Promise<Response> => {
    const request = {
      method: init.method ?? "GET",
      url,
      path: new URL(url).pathname,
      headers: Object.fromEntries(new Headers(init.headers)),
      body: JSON.parse(String(init.body ?? "{}")),
    };
    requests.push(request);
    return respond(replies[Math.min(requests.length, replies.length) - 1] ?? "", request);
  };
  return { fetch: answer as typeof fetch, requests };
}

async function respond(reply: Reply, request: Recorded): Promise<Response> {
  if (typeof reply === "function") return respond(await reply(request), request);
  if (reply instanceof Error) throw reply;
  if (reply instanceof Response) return reply;
  if (typeof reply !== "string") return Response.json(reply);
  return new Response(reply, { headers: { "content-type": "text/event-stream" } });
}

/** A refusal with a status. */
export function refusal(
  status: number,
  body: unknown = {},
  headers: HeadersInit = {},
): () => Response {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return () => new Response(text, { status, headers });
}
