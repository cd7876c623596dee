/** Proxies and browsers give up a connection on which nothing comes for a minute or so. */
const PING_MS = 15_000;

const encoder = new TextEncoder();

/**
 * Sends events as they come, as server-sent events of JSON, with pings in between.
 *
 * @param events - is called at once; its signal fires when the reader leaves, or `ending` does
 */
export function eventResponse<Event>(
  events: (signal: AbortSignal) => AsyncIterable<Event>,
  ending: AbortSignal,
): Response {
  const left = new AbortController();
  const iterator = events(AbortSignal.any([left.signal, ending]))[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<Event>> | undefined;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    next ??= iterator.next();
    const item = await orNothing(next, PING_MS);
    if (item === undefined) return controller.enqueue(encoder.encode(": ping\n\n"));
    next = undefined;
    if (item.done) return controller.close();
    controller.enqueue(encoder.encode(`data: ${JSON.stringify(item.value)}\n\n`));
  };
  const body = new ReadableStream({ pull, cancel: () => left.abort() }, { highWaterMark: 0 });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no", // or nginx would hold it back
    },
  });
}

async function orNothing<Value>(value: Promise<Value>, ms: number): Promise<Value | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const time = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return Promise.race([value, time.then(() => undefined)]).finally(() => clearTimeout(timer));
}
