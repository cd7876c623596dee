import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * A request's body as a web stream. Not `Readable.toWeb`: cancelled, that destroys the connection, on which the refusal
 * is yet to be sent.
 */
export class IncomingBody {
  readonly stream: ReadableStream<Uint8Array>;
  #isWanted = true;

  constructor(message: IncomingMessage) {
    const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      message.on("data", (chunk: Buffer) => {
        if (!this.#isWanted) return;
        controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
        message.pause();
      });
      message.once("end", () => {
        if (this.#isWanted) controller.close();
      });
      // An abort is an error too, and where the connection just closes there may be none.
      message.once("error", (error) => controller.error(error));
      message.once("close", () => {
        if (!message.readableEnded) controller.error(new Error("the connection was closed"));
      });
      message.pause(); // nothing is read before somebody asks
    };
    const pull = () => {
      message.resume();
    };
    const cancel = () => this.#discard(message);
    this.stream = new ReadableStream({ start, pull, cancel }, { highWaterMark: 0 });
    waiting.set(message, () => this.#discard(message));
  }

  #discard(message: IncomingMessage): void {
    this.#isWanted = false;
    message.resume();
  }
}

const waiting = new WeakMap<IncomingMessage, () => void>();

/**
 * Once an answer has been sent, reads what is left of its request and throws it away, within the server's time for
 * requests: so the connection can be used again.
 */
export function discardAfter(target: ServerResponse, message: IncomingMessage): void {
  target.once("finish", () => waiting.get(message)?.());
}
