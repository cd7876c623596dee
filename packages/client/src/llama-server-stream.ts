import type { ResumableStream, StreamRequest, WireRequest } from "./dialect.ts";
import type { ClientError } from "./error.ts";
import { delayBefore, isRetryable } from "./retry.ts";
import { send } from "./send.ts";
import { sleep, Watch } from "./watch.ts";

/** Milliseconds that the request may take which tells the server to stop. */
const STOP_MS = 5_000;

/**
 * A chat's stream of llama-server, which goes on generating where the connection breaks, and keeps what it has sent. It is asked
 * for the rest by the number of bytes that have come, so that not even half an event is lost.
 * Source: llama.cpp's pull request 23226, and tools/server/README.md.
 */
export class LlamaServerStream implements ResumableStream {
  readonly request: WireRequest;
  readonly #stream: StreamRequest;
  readonly #id: string = randomId();
  #offset = 0;
  #tries = 0;

  constructor(stream: StreamRequest) {
    this.#stream = stream;
    this.request = { ...stream.request, headers: { "x-conversation-id": this.#id } };
  }

  count(bytes: number): void {
    this.#offset += bytes;
    this.#tries = 0;
  }

  async reopen(failure: ClientError, signal: AbortSignal): Promise<Response | undefined> {
    const { settings, endpoint } = this.#stream;
    for (;;) {
      const delay = delayBefore(this.#tries++, failure, settings.retries);
      if (delay === undefined) return undefined;
      await sleep(delay, signal);
      try {
        const path = `${this.#path}&from=${this.#offset}`;
        return await send(settings, endpoint, { path }, signal);
      } catch (error) {
        if (signal.aborted || !isRetryable(error)) return undefined;
      }
    }
  }

  stop(): void {
    const { settings, endpoint } = this.#stream;
    const watch = new Watch(new AbortController().signal);
    watch.start("total", STOP_MS);
    void send(settings, endpoint, { path: this.#path, method: "DELETE" }, watch.signal)
      .catch(() => {})
      .then(() => watch.cut());
  }

  get #path(): string {
    return `/v1/stream?conv_id=${this.#id}`;
  }
}

/** Not `randomUUID`, which browsers have on secure pages alone. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
