import {
  type ChatMessage,
  type ChatOptions,
  createGenerationStream,
  type GenerateOptions,
  type GenerationStream,
} from "@llama2-kit/protocol";
import { Clock } from "./clock.ts";
import type { Scheduler } from "./engine/scheduler.ts";
import type { Reservation } from "./engine/slot-pool.ts";
import { InferenceError } from "./error.ts";
import { type JobMaterial, makeJobSpec } from "./job-spec.ts";
import { badParameter, readSignal } from "./parameters.ts";
import type { InfillText, Prompt, PromptEncoder } from "./prompt-encoder.ts";
import { readSamplingParameters } from "./sampling/sampling-parameters.ts";

/** What {@link Generations} are made with. */
export interface GenerationsParts extends JobMaterial {
  readonly id: string;
  readonly prompts: PromptEncoder;
  readonly scheduler: Scheduler;
}

/**
 * Turns what a caller asks for into a job for the scheduler, and that into a stream. Whatever is wrong with it reaches
 * the caller through the stream. A `reservation` has it run on the slot that a session keeps.
 */
export class Generations {
  readonly #parts: GenerationsParts;
  #isClosed = false;

  constructor(parts: GenerationsParts) {
    this.#parts = parts;
  }

  chat(
    messages: readonly ChatMessage[],
    options: ChatOptions,
    reservation?: Reservation,
  ): GenerationStream {
    const { prompts } = this.#parts;
    const makePrompt = () => prompts.chat(messages, options.continueFinalMessage ?? false);
    return this.#stream(makePrompt, options, ["continueFinalMessage"], reservation);
  }

  complete(
    prompt: string | ArrayLike<number>,
    options: GenerateOptions,
    reservation?: Reservation,
  ): GenerationStream {
    return this.#stream(() => this.#parts.prompts.raw(prompt), options, [], reservation);
  }

  infill(text: InfillText, options: GenerateOptions): GenerationStream {
    return this.#stream(() => this.#parts.prompts.infill(text), options, []);
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

  /** @param otherOptions - names of options that are none of sampling's */
  #stream(
    makePrompt: () => Prompt,
    options: GenerateOptions,
    otherOptions: readonly string[],
    reservation?: Reservation,
  ): GenerationStream {
    const clock = new Clock(performance.now());
    return createGenerationStream(async (controller) => {
      this.refuseIfClosed(reservation);
      const parameters = readSamplingParameters(options, otherOptions);
      const prompt = makePrompt();
      this.#refuseOverflow(prompt.ids.length);
      const content = { prompt, parameters, clock, slot: reservation?.slot };
      return this.#parts.scheduler.run(makeJobSpec(this.#parts, content), controller);
    }, readSignal(options));
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
