import {
  createGenerationStream,
  type GenerateOptions,
  type GenerationStream,
} from "@llama2-kit/protocol";
import type { LlamaModel, Token } from "node-llama-cpp";
import { AnswerText } from "./answer-text.ts";
import { Clock } from "./clock.ts";
import type { JobSpec } from "./engine/job.ts";
import { type NativeContext, NO_ADAPTERS } from "./engine/native-context.ts";
import type { Scheduler } from "./engine/scheduler.ts";
import type { Slot } from "./engine/slot.ts";
import type { Reservation } from "./engine/slot-pool.ts";
import { InferenceError } from "./error.ts";
import { badParameter, readSignal } from "./parameters.ts";
import type { Prompt } from "./prompt-encoder.ts";
import { createTokenSampler } from "./sampling/token-sampler.ts";
import { readSamplingParameters } from "./sampling.ts";

/** What {@link Generations} are made with. */
export interface GenerationsParts {
  readonly id: string;
  readonly model: LlamaModel;
  readonly context: NativeContext;
  readonly scheduler: Scheduler;
  /** Tokens that a prompt and its answer may have together. */
  readonly contextSize: number;
}

/** Turns what a caller asks for into a job for the scheduler, and that into a stream. */
export class Generations {
  readonly #parts: GenerationsParts;
  #isClosed = false;

  constructor(parts: GenerationsParts) {
    this.#parts = parts;
  }

  /**
   * Begins a generation. Whatever is wrong with it reaches the caller through the stream.
   *
   * @param options - the caller's
   * @param otherOptions - names of options that are none of sampling's
   * @param makePrompt - called once the options are found to be good
   * @param reservation - the slot it has to run on, where it belongs to a session
   */
  stream(
    options: GenerateOptions,
    otherOptions: readonly string[],
    makePrompt: () => Prompt,
    reservation?: Reservation,
  ): GenerationStream {
    const clock = new Clock(performance.now());
    return createGenerationStream(async (controller) => {
      this.refuseIfClosed(reservation);
      const parameters = readSamplingParameters(options, otherOptions);
      const prompt = makePrompt();
      this.#refuseOverflow(prompt.ids.length);
      const spec = this.#spec(parameters, prompt, clock, reservation?.slot);
      return this.#parts.scheduler.run(spec, controller);
    }, readSignal(options));
  }

  /** Refuses all generations that are asked for from now on. */
  close(): void {
    this.#isClosed = true;
  }

  /** @throws InferenceError `DISPOSED` */
  refuseIfClosed(reservation?: Reservation): void {
    if (this.#isClosed) {
      const message = `${this.#parts.id} was disposed of. Load it again to use it.`;
      throw new InferenceError("DISPOSED", message);
    }
    if (reservation?.isOpen !== false) return;
    throw new InferenceError("DISPOSED", "This session was disposed of. Open another one.");
  }

  #spec(
    parameters: ReturnType<typeof readSamplingParameters>,
    { ids, textKind }: Prompt,
    clock: Clock,
    slot: Slot | undefined,
  ): JobSpec {
    const { model, context, contextSize } = this.#parts;
    return {
      prompt: ids,
      maxTokens: Math.min(parameters.maxTokens, contextSize - ids.length),
      priority: 0,
      seed: parameters.seed,
      adapters: NO_ADAPTERS,
      slot,
      clock,
      text: new AnswerText({
        detokenize: (tokens, before) =>
          model.detokenize(tokens as Token[], false, before as Token[]),
        promptTokens: ids,
        stop: parameters.stop,
        kind: textKind,
      }),
      isEndOfAnswer: (token) => model.isEogToken(token as Token),
      describeLogprob: () => undefined,
      createSampler: () =>
        createTokenSampler({
          llama: model.llama,
          model,
          context: context.addon,
          parameters,
          prompt: ids,
        }),
    };
  }

  #refuseOverflow(promptTokens: number): void {
    const { id, contextSize } = this.#parts;
    if (promptTokens === 0) throw badParameter("prompt", "", "at least one token long");
    if (promptTokens < contextSize) return;
    throw new InferenceError(
      "CONTEXT_OVERFLOW",
      `The prompt has ${promptTokens} tokens, and the context of ${id} holds ${contextSize}, ` +
        "of which one is needed to answer. Shorten the conversation or drop its oldest turns.",
    );
  }
}
