import type { Answer } from "./answer.ts";
import type { StreamRequest } from "./dialect.ts";
import type { ClientError } from "./error.ts";
import { delayBefore, isRetryable } from "./retry.ts";
import { networkError, send } from "./send.ts";
import { truncated } from "./stream-answer.ts";
import { sleep, Watch } from "./watch.ts";

/** Milliseconds that the request may take which tells the server to stop. */
const STOP_MS = 5_000;

type Body = ReadableStreamDefaultReader<Uint8Array>;

/**
 * Opens a chat's stream of llama-server, which goes on generating where the connection breaks, and keeps what it has sent.
 * It is asked for the rest by the number of bytes that have come, so that not even half an event is lost.
 * Source: llama.cpp's pull request 23226, and tools/server/README.md.
 */
export async function openLlamaServerStream(
  stream: StreamRequest,
  answer: Answer,
): Promise<Response> {
  const { settings, endpoint, request, signal } = stream;
  const id = randomId();
  // It generates on where a connection is merely closed.
  signal.addEventListener("abort", () => stop(stream, pathOf(id)), { once: true });
  const headers = { "x-conversation-id": id };
  const response = await send(settings, endpoint, { ...request, headers }, signal);
  const isStream = response.headers.get("content-type")?.includes("event-stream");
  if (!isStream || !response.body) return response;
  const source = new ResumedBody(stream, answer, pathOf(id), response.body.getReader());
  // Nothing is read ahead, so that `answer` knows all that was read.
  const body = new ReadableStream(source, { highWaterMark: 0 });
  return new Response(body, { headers: response.headers });
}

/** The bytes of one stream, over as many connections as it takes. */
class ResumedBody implements UnderlyingDefaultSource<Uint8Array> {
  readonly #stream: StreamRequest;
  readonly #answer: Answer;
  readonly #path: string;
  #body: Body;
  #offset = 0;
  #tries = 0;

  constructor(stream: StreamRequest, answer: Answer, path: string, body: Body) {
    this.#stream = stream;
    this.#answer = answer;
    this.#path = path;
    this.#body = body;
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (;;) {
      const failure = await this.#read(controller);
      if (!failure) return;
      if (this.#answer.hasFinished) return controller.close();
      this.#body = await this.#reopen(failure);
    }
  }

  async cancel(): Promise<void> {
    await this.#body.cancel();
  }

  /** Hands on the next bytes; or returns why there are none. */
  async #read(
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): Promise<ClientError | undefined> {
    try {
      const { done, value } = await this.#body.read();
      if (done) return truncated();
      this.#offset += value.length;
      this.#tries = 0;
      controller.enqueue(value);
      return undefined;
    } catch (error) {
      return networkError("The connection broke", error);
    }
  }

  async #reopen(failure: ClientError): Promise<Body> {
    const { settings, endpoint, signal } = this.#stream;
    for (;;) {
      const delay = delayBefore(this.#tries++, failure, settings.retries);
      if (delay === undefined) throw failure;
      await sleep(delay, signal);
      try {
        const path = `${this.#path}&from=${this.#offset}`;
        const { body } = await send(settings, endpoint, { path }, signal);
        if (body) return body.getReader();
      } catch (error) {
        if (signal.aborted || !isRetryable(error)) throw failure;
      }
    }
  }
}

function stop({ settings, endpoint }: StreamRequest, path: string): void {
  const watch = new Watch(new AbortController().signal);
  watch.start("total", STOP_MS);
  void send(settings, endpoint, { path, method: "DELETE" }, watch.signal)
    .catch(() => {})
    .then(() => watch.cut());
}

function pathOf(id: string): string {
  return `/v1/stream?conv_id=${id}`;
}

/** Not `randomUUID`, which browsers have on secure pages alone. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
