import type {
  LanguageModelV3CallOptions,
  LanguageModelV3ResponseMetadata,
  LanguageModelV3StreamPart,
  SharedV3Warning,
} from "@ai-sdk/provider";
import {
  type ChatModel,
  type GenerationEvent,
  type GenerationResult,
  Llama2KitError,
} from "@llama2-kit/protocol";
import { toHostError } from "./host-error.ts";
import { toFinishReason, toProviderMetadata, toUsage, UNKNOWN_USAGE } from "./result.ts";

/** What a stream of parts is made of. */
export interface PartSource {
  /** Events that have been read. */
  readonly leading: readonly GenerationEvent[];
  /** Those that follow. */
  readonly events: AsyncIterator<GenerationEvent, undefined>;
  readonly model: Pick<ChatModel, "id">;
  readonly call: Pick<LanguageModelV3CallOptions, "abortSignal" | "includeRawChunks">;
  readonly warnings: SharedV3Warning[];
  readonly response: LanguageModelV3ResponseMetadata;
}

/** There is one text in an answer. */
const TEXT_ID = "0";

/**
 * Turns a generation's events into the SDK's parts. Cancelling the stream aborts the generation.
 * As `fetch` does it, a caller's abort makes the stream fail with the signal's reason; any other failure is a part.
 */
export function toPartStream(source: PartSource): ReadableStream<LanguageModelV3StreamPart> {
  return new ReadableStream(new PartWriter(source));
}

class PartWriter implements UnderlyingDefaultSource<LanguageModelV3StreamPart> {
  readonly #source: PartSource;
  readonly #leading: GenerationEvent[];
  #inText = false;

  constructor(source: PartSource) {
    this.#source = source;
    this.#leading = [...source.leading];
  }

  start(controller: ReadableStreamDefaultController<LanguageModelV3StreamPart>): void {
    const { warnings, response } = this.#source;
    controller.enqueue({ type: "stream-start", warnings });
    controller.enqueue({ type: "response-metadata", ...response });
  }

  async pull(controller: ReadableStreamDefaultController<LanguageModelV3StreamPart>) {
    // A pull that enqueues nothing is not repeated, so events that say nothing to the SDK are passed over here.
    for (let isWritten = false; !isWritten; ) {
      let event: GenerationEvent | undefined;
      try {
        event = this.#leading.shift() ?? (await this.#source.events.next()).value;
      } catch (error) {
        this.#fail(controller, error);
        return;
      }
      // Without a finish, the stream was cancelled: there is nobody left to write to.
      if (!event) return;
      isWritten = this.#write(controller, event);
    }
  }

  async cancel(): Promise<void> {
    await this.#source.events.return?.();
  }

  /** @returns whether there was something to write */
  #write(
    controller: ReadableStreamDefaultController<LanguageModelV3StreamPart>,
    event: GenerationEvent,
  ): boolean {
    const isRaw = this.#source.call.includeRawChunks === true;
    if (isRaw) controller.enqueue({ type: "raw", rawValue: event });
    if (event.type === "prompt") return isRaw;
    if (event.type === "finish") {
      this.#finish(controller, event.result);
      return true;
    }
    if (!this.#inText) controller.enqueue({ type: "text-start", id: TEXT_ID });
    this.#inText = true;
    controller.enqueue({ type: "text-delta", id: TEXT_ID, delta: event.text });
    return true;
  }

  #finish(
    controller: ReadableStreamDefaultController<LanguageModelV3StreamPart>,
    result: GenerationResult,
  ): void {
    const { abortSignal } = this.#source.call;
    if (result.finishReason === "aborted" && abortSignal?.aborted) {
      controller.error(abortSignal.reason);
      return;
    }
    if (this.#inText) controller.enqueue({ type: "text-end", id: TEXT_ID });
    controller.enqueue({
      type: "finish",
      finishReason: toFinishReason(result.finishReason),
      usage: toUsage(result.usage),
      providerMetadata: toProviderMetadata(result),
    });
    controller.close();
  }

  #fail(
    controller: ReadableStreamDefaultController<LanguageModelV3StreamPart>,
    error: unknown,
  ): void {
    controller.enqueue({ type: "error", error: toHostError(error, this.#source.model) });
    if (this.#inText) controller.enqueue({ type: "text-end", id: TEXT_ID });
    const raw = Llama2KitError.isInstance(error) ? error.code : undefined;
    controller.enqueue({
      type: "finish",
      finishReason: { unified: "error", raw },
      usage: UNKNOWN_USAGE,
    });
    controller.close();
  }
}
