import type {
  GenerationEvent,
  GenerationResult,
  GenerationStream,
  OpenAIChatChunk,
  OpenAIChunkChoice,
  OpenAIContentLogprob,
  OpenAIFinishReason,
  OpenAITokenLogprob,
  TokenLogprob,
  TokenProbability,
} from "@llama2-kit/protocol";
import { Llama2KitError } from "@llama2-kit/protocol";

/** What {@link toResponse} writes around a stream. */
export interface ResponseOptions {
  /** The model's name in every chunk; `llama-2` by default. */
  readonly model?: string | undefined;
  /** The answer's name in every chunk; random by default. */
  readonly id?: string | undefined;
  /** Whether a chunk before the last tells the usage. True by default. */
  readonly includeUsage?: boolean | undefined;
  /** Added to the response, such as those of CORS. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * What to tell of an error. By default a sentence for its kind: its own message may name servers that are nobody's business.
   */
  readonly describeError?: ((error: unknown) => string) | undefined;
}

/** How an error is told: its status, OpenAI's type for it, and a sentence. */
type Told = readonly [status: number, type: string, message: string];

const UNKNOWN: Told = [500, "server_error", "The text could not be generated."];

const TOLD: Readonly<Record<string, Told>> = {
  BAD_PARAMETER: [400, "invalid_request_error", "The request has a value that is not allowed."],
  UNSUPPORTED: [400, "invalid_request_error", "The model cannot do what the request asks for."],
  BAD_REQUEST: [400, "invalid_request_error", "The model's server refused the request."],
  CONTEXT_OVERFLOW: [400, "invalid_request_error", "The conversation is too long for the model."],
  CONTENT_FILTER: [400, "invalid_request_error", "A safety check refused the request."],
  OVERLOADED: [503, "unavailable_error", "The model is busy. Try again later."],
  TIMEOUT: [504, "server_error", "The model took too long."],
};

const FINISH_REASONS: Readonly<Record<GenerationResult["finishReason"], OpenAIFinishReason>> = {
  stop: "stop",
  length: "length",
  aborted: "stop",
  "content-filter": "content_filter",
  "tool-calls": "tool_calls",
};

/**
 * Streams a generation on, as OpenAI's protocol has it: from an app's own backend to its page, which never sees the key.
 * Any client of that protocol reads it, ours with `dialect: "openai"` too. Where the page goes away, the generation ends.
 *
 * The response begins with the first text, so that what fails before has a status of its own. What fails later is told in the
 * stream, where the protocol's clients look for it.
 *
 * @param stream - of any `ChatModel`, local or remote
 * @param options - what to write around it
 *
 * @example
 * ```ts
 * export async function POST(request: Request): Promise<Response> {
 *   const { messages } = await request.json();
 *   return toResponse(model.chat(messages, { signal: request.signal }));
 * }
 * ```
 */
export async function toResponse(
  stream: GenerationStream,
  options: ResponseOptions = {},
): Promise<Response> {
  const events = stream[Symbol.asyncIterator]();
  let first: IteratorResult<GenerationEvent, undefined>;
  try {
    do first = await events.next();
    while (first.value?.type === "prompt");
  } catch (error) {
    const { status, body } = tellError(error, options);
    return Response.json(body, { status, headers: { ...options.headers } });
  }
  const body = new ReadableStream<Uint8Array>(new ChunkSource(first, events, options));
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      // nginx would hold the events back.
      "x-accel-buffering": "no",
      ...options.headers,
    },
  });
}

/** Turns events into the bytes of chunks, one at a time, as they are asked for. */
class ChunkSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #events: AsyncIterator<GenerationEvent, undefined>;
  readonly #options: ResponseOptions;
  readonly #encoder = new TextEncoder();
  readonly #envelope: Omit<OpenAIChatChunk, "choices">;
  #next: IteratorResult<GenerationEvent, undefined> | undefined;

  constructor(
    first: IteratorResult<GenerationEvent, undefined>,
    events: AsyncIterator<GenerationEvent, undefined>,
    options: ResponseOptions,
  ) {
    this.#next = first;
    this.#events = events;
    this.#options = options;
    this.#envelope = {
      id: options.id ?? `chatcmpl-${crypto.getRandomValues(new Uint32Array(2)).join("")}`,
      object: "chat.completion.chunk",
      created: Math.floor(Date.now() / 1000),
      model: options.model ?? "llama-2",
    };
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const delta = { role: "assistant", content: "" };
    this.#write(controller, this.#chunk({ delta, finish_reason: null }));
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      const { done, value } = this.#next ?? (await this.#events.next());
      this.#next = undefined;
      if (done) return controller.close();
      for (const chunk of this.#chunksOf(value)) this.#write(controller, chunk);
      if (value.type === "finish") this.#write(controller, "[DONE]");
    } catch (error) {
      this.#write(controller, tellError(error, this.#options).body);
      this.#write(controller, "[DONE]");
      controller.close();
    }
  }

  async cancel(): Promise<void> {
    await this.#events.return?.();
  }

  #chunksOf(event: GenerationEvent): object[] {
    if (event.type === "prompt") return [];
    if (event.type === "text") {
      const logprobs = event.logprobs && { content: event.logprobs.map(writeLogprob) };
      const delta = { content: event.text };
      return [this.#chunk({ delta, ...(logprobs && { logprobs }), finish_reason: null })];
    }
    const { finishReason, usage } = event.result;
    const last = this.#chunk({ delta: {}, finish_reason: FINISH_REASONS[finishReason] });
    if (this.#options.includeUsage === false) return [last];
    const told = {
      prompt_tokens: usage.promptTokens,
      completion_tokens: usage.completionTokens,
      total_tokens: usage.promptTokens + usage.completionTokens,
      prompt_tokens_details: { cached_tokens: usage.cachedTokens },
    };
    return [last, { ...this.#envelope, choices: [], usage: told } satisfies OpenAIChatChunk];
  }

  #chunk(choice: Omit<OpenAIChunkChoice, "index">): OpenAIChatChunk {
    return { ...this.#envelope, choices: [{ index: 0, ...choice }] };
  }

  #write(controller: ReadableStreamDefaultController<Uint8Array>, data: object | string): void {
    const text = typeof data === "string" ? data : JSON.stringify(data);
    controller.enqueue(this.#encoder.encode(`data: ${text}\n\n`));
  }
}

function writeLogprob({ top, ...token }: TokenLogprob): OpenAIContentLogprob {
  return { ...writeProbability(token), top_logprobs: top.map(writeProbability) };
}

function writeProbability({ token, text, logprob }: TokenProbability): OpenAITokenLogprob {
  const bytes = Array.from(new TextEncoder().encode(text));
  return { token: text, logprob, bytes, ...(token !== undefined && { id: token }) };
}

function tellError(
  error: unknown,
  { describeError }: ResponseOptions,
): { readonly status: number; readonly body: object } {
  const code = Llama2KitError.isInstance(error) ? error.code : "";
  const [status, type, sentence] = Object.hasOwn(TOLD, code) ? (TOLD[code] ?? UNKNOWN) : UNKNOWN;
  const message = describeError?.(error) ?? sentence;
  return { status, body: { error: { message, type, param: null, code: code.toLowerCase() } } };
}
