import {
  type ChatMessage,
  type ChatModel,
  createGenerationStream,
  type GenerateOptions,
  type GenerationController,
  type GenerationOutcome,
  type GenerationStream,
} from "@llama2-kit/protocol";
import { InferenceError } from "../error.ts";
import { badParameter, readNumber, readSignal, refuseUnknownOptions } from "../parameters.ts";
import { HeldText } from "./held-text.ts";
import type { SafetyCheck } from "./llama-guard.ts";

/** What a guard looks at. */
export interface WithGuardOptions {
  /** Whether to judge what the user said, before anything is generated. True by default. */
  readonly checkPrompt?: boolean | undefined;
  /** Whether to judge the answer. True by default. */
  readonly checkAnswer?: boolean | undefined;
  /**
   * How many pieces of an answer (about as many tokens) are held back until they have been judged, an integer from 1.
   * 50 by default. With fewer, text comes earlier, and the check runs more often, each time on the answer so far.
   */
  readonly holdPieces?: number | undefined;
}

/**
 * Puts a safety check in front of a model and behind it. A conversation or an answer that it finds unsafe ends the
 * stream as `content-filter`, with what was objected to in the result's `contentFilter`. No text reaches the caller
 * before it was judged together with all text before it.
 *
 * Where the check fails, so does the stream, with {@link InferenceError} `GUARD_FAILED`: nothing unjudged gets through.
 *
 * @param model - the model to guard, local or remote
 * @param check - such as {@link llamaGuard}
 *
 * @example
 * ```ts
 * const safe = withGuard(model, llamaGuard(guard));
 * const { finishReason, contentFilter } = await safe.chat(messages).result;
 * if (finishReason === "content-filter") console.log(contentFilter); // { side: "prompt", categories: ["O3"] }
 * ```
 */
export function withGuard(
  model: ChatModel,
  check: SafetyCheck,
  options: WithGuardOptions = {},
): ChatModel {
  const settings = readSettings(check, options);
  /** @param said - the conversation to judge, and what answers it: copies, which the caller cannot change meanwhile */
  const guard = (said: () => Promise<Said>, callOptions: GenerateOptions = {}) =>
    createGenerationStream(async (controller) => {
      checkSignal(callOptions);
      const { messages, generate } = await said();
      return new Watch(settings, messages, controller).run(generate);
    }, readSignal(callOptions));
  return {
    id: model.id,
    chat: (messages, chatOptions) =>
      guard(async () => {
        const copy = copyMessages(messages);
        const generate: Generate = (signal) => model.chat(copy, { ...chatOptions, signal });
        return { messages: copy, generate };
      }, chatOptions),
    complete: (prompt, completeOptions) =>
      guard(async () => {
        const copy = typeof prompt === "object" && prompt !== null ? Array.from(prompt) : prompt;
        const content = await asText(model, copy);
        const generate: Generate = (signal) => model.complete(copy, { ...completeOptions, signal });
        return { messages: [{ role: "user", content }], generate };
      }, completeOptions),
    ...(model.tokenize && { tokenize: model.tokenize.bind(model) }),
    ...(model.detokenize && { detokenize: model.detokenize.bind(model) }),
    ...(model.embed && { embed: model.embed.bind(model) }),
    ...(model.formatPrompt && { formatPrompt: model.formatPrompt.bind(model) }),
    ...(model.adapters && { adapters: model.adapters }),
  };
}

type Generate = (signal: AbortSignal) => GenerationStream;

interface Said {
  readonly messages: readonly ChatMessage[];
  readonly generate: Generate;
}

interface Settings {
  readonly check: SafetyCheck;
  readonly checkPrompt: boolean;
  readonly checkAnswer: boolean;
  readonly holdPieces: number;
}

function readSettings(check: SafetyCheck, options: WithGuardOptions): Settings {
  if (typeof check !== "function") throw badParameter("check", check, "a function");
  refuseUnknownOptions(options, ["checkPrompt", "checkAnswer", "holdPieces"]);
  const { checkPrompt = true, checkAnswer = true, holdPieces } = options;
  for (const [name, value] of Object.entries({ checkPrompt, checkAnswer })) {
    if (typeof value !== "boolean") throw badParameter(name, value, "true or false");
  }
  const pieces = readNumber("holdPieces", holdPieces, { min: 1, integer: true }, 50);
  return { check, checkPrompt, checkAnswer, holdPieces: pieces };
}

/** The model is given a signal of the guard's own, so it does not see what is wrong with the caller's. */
function checkSignal(options: GenerateOptions): void {
  if (options?.signal === undefined || readSignal(options)) return;
  throw badParameter("signal", options.signal, "an AbortSignal");
}

function copyMessages(messages: readonly ChatMessage[]): ChatMessage[] {
  if (Array.isArray(messages)) return messages.map((message) => ({ ...message }));
  throw badParameter("messages", messages, "an array of messages");
}

async function asText(model: ChatModel, prompt: string | ArrayLike<number>): Promise<string> {
  if (typeof prompt === "string") return prompt;
  if (model.detokenize) return model.detokenize(prompt);
  throw badParameter("prompt", prompt, "a text, as this model cannot tell the text of token ids");
}

/** One generation under guard. */
class Watch {
  readonly #settings: Settings;
  readonly #messages: readonly ChatMessage[];
  readonly #controller: GenerationController;
  readonly #startedAt = performance.now();

  constructor(
    settings: Settings,
    messages: readonly ChatMessage[],
    controller: GenerationController,
  ) {
    this.#settings = settings;
    this.#messages = messages;
    this.#controller = controller;
  }

  async run(generate: Generate): Promise<GenerationOutcome> {
    const { signal } = this.#controller;
    const objection = this.#settings.checkPrompt ? await this.#judge(this.#messages) : undefined;
    if (signal.aborted) return this.#endedEarly("aborted");
    if (objection) {
      const contentFilter = { side: "prompt" as const, categories: objection };
      return { ...this.#endedEarly("content-filter"), contentFilter };
    }
    return this.#watch(generate(signal));
  }

  async #watch(stream: GenerationStream): Promise<GenerationOutcome> {
    const held = new HeldText();
    let objection: readonly string[] | undefined;
    for await (const event of stream) {
      if (event.type === "prompt") {
        this.#controller.prompt(event.processedTokens, event.promptTokens);
        continue;
      }
      if (event.type === "text") held.add(event);
      if (event.type === "text" && this.#holds(held)) continue;
      objection = await this.#judgeAnswer(held);
      if (objection || this.#controller.signal.aborted) break; // which ends the generation
      this.#release(held);
    }
    const { text: _, ...outcome } = await stream.result;
    return held.length === 0 ? outcome : withheld(outcome, objection);
  }

  /** Whether more is to come before what waits is judged; where it is not judged at all, nothing waits. */
  #holds(held: HeldText): boolean {
    const { checkAnswer, holdPieces } = this.#settings;
    return checkAnswer && held.length < holdPieces;
  }

  #release(held: HeldText): void {
    for (const { text, tokens, logprobs } of held.release()) {
      this.#controller.text(text, tokens, logprobs);
    }
  }

  async #judgeAnswer(held: HeldText): Promise<readonly string[] | undefined> {
    if (!this.#settings.checkAnswer || held.length === 0) return undefined;
    const last = this.#messages.at(-1);
    const begun = last?.role === "assistant" ? last.content : ""; // an answer that was put in its mouth
    const before = begun === "" ? this.#messages : this.#messages.slice(0, -1);
    return this.#judge([...before, { role: "assistant", content: begun + held.answer }]);
  }

  /** The categories that a conversation violates; undefined where it is safe. */
  async #judge(conversation: readonly ChatMessage[]): Promise<readonly string[] | undefined> {
    const { signal } = this.#controller;
    try {
      const { safe, categories } = await this.#settings.check(conversation, { signal });
      if (safe === true) return undefined;
      return Array.isArray(categories) ? categories : []; // unsafe, whether or not it says why
    } catch (cause) {
      if (signal.aborted) return undefined;
      throw new InferenceError("GUARD_FAILED", `The safety check failed: ${String(cause)}`, {
        cause,
      });
    }
  }

  #endedEarly(finishReason: "aborted" | "content-filter"): GenerationOutcome {
    return {
      finishReason,
      tokens: [],
      usage: { promptTokens: 0, cachedTokens: 0, completionTokens: 0 },
      timings: { totalMs: performance.now() - this.#startedAt },
    };
  }
}

/** The outcome of an answer with a rest that was not released: that is not told by its tokens either. */
function withheld(
  { tokens: _tokens, logprobs: _logprobs, stopString: _stop, ...rest }: GenerationOutcome,
  objection: readonly string[] | undefined,
): GenerationOutcome {
  if (!objection) return { ...rest, finishReason: "aborted" };
  const contentFilter = { side: "answer" as const, categories: objection };
  return { ...rest, finishReason: "content-filter", contentFilter };
}
