import type { Answer } from "./answer.ts";
import type { StreamRequest } from "./dialect.ts";
import { ClientError } from "./error.ts";
import { errorOf, networkError, send } from "./send.ts";
import { StreamReader } from "./stream-reader.ts";
import { Watch } from "./watch.ts";

/** Bytes of one answer: more than any context's worth of tokens takes, and no endless stream. */
const MAX_STREAM_BYTES = 2 ** 28;

/** How long a stream may stay open after the server has said why the text ended; only statistics come then. */
const AFTER_FINISH_MS = 5_000;

/** How long a body may take to end after its last event, in milliseconds. If it does, its connection is used again. */
const LINGER_MS = 500;

type BodyReader = ReadableStreamDefaultReader<Uint8Array>;

/**
 * Asks an endpoint for a generation, and reads its stream into an {@link Answer} until that is whole.
 *
 * @throws ClientError for any failure; the signal's reason where that fires. By then the connection is closed.
 */
export async function readStream(stream: StreamRequest, answer: Answer): Promise<void> {
  const watch = new Watch(stream.signal);
  const { signal } = watch;
  try {
    const response = await openStream({ ...stream, signal }, answer, watch);
    const body = (response.body as ReadableStream<Uint8Array>).getReader();
    signal.addEventListener("abort", () => void body.cancel().catch(() => {}));
    await pump(body, stream, answer, watch);
    void letEnd(body, watch);
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error;
    const isTold = signal.aborted || ClientError.isInstance(reason);
    watch.cut();
    // A stream that ends badly after the text has ended is of no consequence.
    if (answer.hasFinished && !stream.signal.aborted) return;
    throw isTold ? reason : networkError("The connection broke", reason);
  }
}

/** Sends the request. A web page or JSON with status 200 is no stream, though peers read it as an empty one. */
async function openStream(stream: StreamRequest, answer: Answer, watch: Watch): Promise<Response> {
  const { settings, dialect, endpoint, request, signal } = stream;
  const { connectMs, firstTokenMs } = settings.timeouts;
  const startedAt = performance.now();
  watch.start("connect", connectMs);
  const response = await (settings.resume
    ? settings.resume(stream, answer)
    : send(settings, endpoint, request, signal));
  const type = response.headers.get("content-type") ?? "";
  if (!response.body || (dialect.parseLines ? /\bhtml\b/i : /\b(html|json)\b/i).test(type)) {
    throw await errorOf(response, endpoint.url(request.path), signal);
  }
  watch.start("firstToken", firstTokenMs, startedAt);
  return response;
}

async function pump(
  body: BodyReader,
  { settings, dialect }: StreamRequest,
  answer: Answer,
  watch: Watch,
): Promise<void> {
  const reader = new StreamReader(dialect, answer);
  let bytes = 0;
  for (;;) {
    // A signal that has fired before it was listened to tells no listener any more.
    watch.signal.throwIfAborted();
    const { done, value } = await body.read();
    watch.signal.throwIfAborted();
    if (done) break;
    bytes += value.length;
    if (bytes > MAX_STREAM_BYTES) throw tooLong();
    const { events } = reader;
    reader.push(value);
    if (reader.events > events && watch.phase !== "total")
      watchOn(answer, watch, settings.timeouts.idleMs);
    if (answer.isComplete) return;
  }
  reader.end();
  if (!answer.hasFinished) throw truncated();
}

/** Events have come: the next ones may take as long as may pass between two. */
function watchOn(answer: Answer, watch: Watch, idleMs: number): void {
  answer.tick(performance.now());
  if (answer.hasFinished) watch.start("total", AFTER_FINISH_MS);
  else if (watch.phase === "idle") watch.beat();
  else if (answer.hasBegun) watch.start("idle", idleMs);
}

/** Lets a body end by itself, so that its connection can be used again; one that does not is cut. */
async function letEnd(body: BodyReader, watch: Watch): Promise<void> {
  watch.start("idle", LINGER_MS);
  try {
    while (!(await body.read()).done);
  } catch {
    // All that was to be read has been.
  }
  watch.stop();
}

/** The error for a stream that ends in the middle. */
export function truncated(): ClientError {
  return new ClientError(
    "TRUNCATED",
    "The stream ended before the text did: the server died, or a proxy cut it.",
    { retryable: true },
  );
}

function tooLong(): ClientError {
  return new ClientError("BAD_RESPONSE", `The stream has more than ${MAX_STREAM_BYTES} bytes.`);
}
