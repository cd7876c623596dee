import { type ByteSource, chunksOf } from "./byte-source.ts";
import { SseParser } from "./sse-parser.ts";

/** An event of a stream of server-sent events. */
export interface ServerSentEvent {
  /** What kind of event it is: `message` where the stream does not say. */
  readonly type: string;
  /** Its lines of data, joined by newlines. */
  readonly data: string;
  /** The id that the stream has given last, in this event or before; "" where none. */
  readonly lastEventId: string;
}

/** What to be told besides the events, and a limit. */
export interface ServerSentEventOptions {
  /** Is told the comments, which servers send to keep a connection open. */
  readonly onComment?: ((text: string) => void) | undefined;
  /** Is told how long to wait before connecting again, in milliseconds. */
  readonly onRetry?: ((milliseconds: number) => void) | undefined;
  /** Characters that one event may have; 16,777,216 by default. */
  readonly maxEventLength?: number | undefined;
}

/**
 * Reads server-sent events, to the letter of the HTML standard: LF, CRLF and CR also where a chunk ends between them,
 * a byte order mark, several lines of data, comments, characters split between chunks. An event that is not followed by
 * a blank line when the stream ends is dropped, as the standard says.
 *
 * @param source - the bytes: a response's body, or any async iterable of chunks. Leaving the loop cancels it.
 * @param options - what to be told besides the events
 * @throws ClientError `BAD_RESPONSE` where an event is longer than `maxEventLength`; and what the source throws
 *
 * @example
 * ```ts
 * const response = await fetch(url);
 * for await (const { type, data } of parseServerSentEvents(response.body)) console.log(type, data);
 * ```
 */
export async function* parseServerSentEvents(
  source: ByteSource,
  options: ServerSentEventOptions = {},
): AsyncGenerator<ServerSentEvent, void, undefined> {
  let events: ServerSentEvent[] = [];
  let lastEventId = "";
  const field = (name: string, value: string): void => {
    if (name === "") options.onComment?.(value);
    else if (name === "id" && !value.includes("\0")) lastEventId = value;
    else if (name === "retry" && /^[0-9]+$/.test(value)) options.onRetry?.(Number(value));
  };
  const event = (data: string, type: string): void => {
    events.push({ type: type || "message", data, lastEventId });
  };
  const parser = new SseParser({ event, field }, options.maxEventLength);
  for await (const chunk of chunksOf(source)) {
    let failure: { readonly error: unknown } | undefined;
    try {
      parser.push(chunk);
    } catch (error) {
      failure = { error };
    }
    yield* events;
    events = [];
    if (failure) throw failure.error;
  }
}
