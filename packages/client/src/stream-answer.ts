import type { Answer } from "./answer.ts";
import type { ResumableStream, StreamRequest } from "./dialect.ts";
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

/** Asks an endpoint for a generation, and reads its stream into an {@link Answer}. */
export class AnswerStream {
  readonly #stream: StreamRequest;
  readonly #answer: Answer;
  readonly #reader: StreamReader;
  readonly #watch: Watch;
  readonly #resumable: ResumableStream | undefined;
  #bytes = 0;

  /** @throws ClientError `UNSUPPORTED` where the stream is to be one that can be taken up again, and cannot */
  constructor(stream: StreamRequest, answer: Answer) {
    this.#stream = stream;
    this.#answer = answer;
    this.#reader = new StreamReader(stream.dialect, answer);
    this.#resumable = stream.settings.resume?.(stream);
    this.#watch = new Watch(stream.signal);
  }

  /**
   * Reads until the answer is whole.
   *
   * @throws ClientError for any failure; the signal's reason where that fires. By then the connection is closed.
   */
  async read(): Promise<void> {
    const { signal } = this.#watch;
    try {
      await this.#readWithBreaks();
      this.#watch.stop();
    } catch (error) {
      const reason: unknown = signal.aborted ? signal.reason : error;
      this.#watch.cut();
      this.#resumable?.stop();
      throw reason;
    }
  }

  async #readWithBreaks(): Promise<void> {
    let response: Response | undefined = await this.#open();
    for (;;) {
      const failure = await this.#readBody(response);
      if (!failure) return;
      response = await this.#resumable?.reopen(failure, this.#watch.signal);
      if (!response) throw failure;
    }
  }

  async #open(): Promise<Response> {
    const { settings, endpoint, request } = this.#stream;
    const { connectMs, firstTokenMs } = settings.timeouts;
    const watch = this.#watch;
    const startedAt = performance.now();
    watch.start("connect", connectMs);
    const begin = this.#resumable?.request ?? request;
    const response = await send(settings, endpoint, begin, watch.signal);
    await this.#refuseOtherTypes(response);
    watch.start("firstToken", firstTokenMs, startedAt);
    return response;
  }

  /** A web page or JSON with status 200 is no stream, though peers read it as an empty one. */
  async #refuseOtherTypes(response: Response): Promise<void> {
    const { dialect, endpoint, request } = this.#stream;
    const type = response.headers.get("content-type") ?? "";
    const isJson = /\bjson\b/.test(type) && !dialect.parseLines;
    const isStream = response.body !== null && !isJson && !/\bhtml\b/.test(type);
    if (isStream) return;
    throw await errorOf(response, endpoint.url(request.path), this.#watch.signal);
  }

  /** Reads a body as far as it goes. Returns why it ended before the answer did; throws where it cannot be read on. */
  async #readBody(response: Response): Promise<ClientError | undefined> {
    const { signal } = this.#watch;
    const body: BodyReader = (response.body as ReadableStream<Uint8Array>).getReader();
    const cancel = () => void body.cancel().catch(() => {});
    signal.addEventListener("abort", cancel, { once: true });
    try {
      await this.#pump(body);
    } catch (error) {
      cancel();
      // A stream that ends badly after the text has ended is of no consequence.
      if (this.#hasFinished && !this.#stream.signal.aborted) return undefined;
      if (ClientError.isInstance(error) || signal.aborted) throw error;
      return networkError("The connection broke", error);
    } finally {
      signal.removeEventListener("abort", cancel);
    }
    if (!this.#resumable) this.#reader.end();
    return this.#hasFinished ? undefined : truncated();
  }

  async #pump(body: BodyReader): Promise<void> {
    const { signal } = this.#watch;
    for (;;) {
      const { done, value } = await body.read();
      if (signal.aborted) throw signal.reason;
      if (done) return;
      this.#push(value);
      if (this.#answer.isComplete) return letEnd(body);
    }
  }

  #push(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#bytes > MAX_STREAM_BYTES) throw tooLong();
    this.#resumable?.count(bytes.length);
    const { events } = this.#reader;
    this.#reader.push(bytes);
    if (this.#reader.events > events) this.#watchOn();
  }

  /** Events have come: the next ones may take as long as may pass between two. */
  #watchOn(): void {
    const watch = this.#watch;
    this.#answer.tick(performance.now());
    if (this.#answer.finishReason !== undefined) watch.start("idle", AFTER_FINISH_MS);
    else if (watch.phase === "idle") watch.beat();
    else if (this.#answer.hasBegun) watch.start("idle", this.#stream.settings.timeouts.idleMs);
  }

  get #hasFinished(): boolean {
    return this.#answer.isComplete || this.#answer.finishReason !== undefined;
  }
}

/** Lets a body end by itself, so that its connection can be used again; one that does not is cut. */
function letEnd(body: BodyReader): void {
  const cut = () => void body.cancel().catch(() => {});
  const timer = setTimeout(cut, LINGER_MS);
  const drain = async () => {
    while (!(await body.read()).done);
  };
  void drain()
    .catch(() => {})
    .then(() => clearTimeout(timer));
}

function truncated(): ClientError {
  return new ClientError(
    "TRUNCATED",
    "The stream ended without saying why the text did: the server died, or a proxy cut the stream.",
    { retryable: true },
  );
}

function tooLong(): ClientError {
  return new ClientError("BAD_RESPONSE", `The stream has more than ${MAX_STREAM_BYTES} bytes.`);
}
