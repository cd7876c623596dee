import type {
  FinishReason,
  GenerationController,
  GenerationOutcome,
  TokenLogprob,
} from "@llama2-kit/protocol";
import type { Clock } from "../clock.ts";
import { InferenceError } from "../error.ts";
import type { SampledToken, TokenSampler } from "../sampling/token-sampler.ts";
import type { AnswerText } from "../text/answer-text.ts";
import type { NativeAdapters } from "./native-context.ts";
import type { Slot } from "./slot.ts";
import type { Reservation } from "./slot-pool.ts";

/** What a generation is to do, and with what. */
export interface JobSpec {
  readonly prompt: readonly number[];
  /** Most tokens to generate. */
  readonly maxTokens: number;
  readonly priority: number;
  readonly seed: number;
  readonly adapters: NativeAdapters;
  /** What has the one slot it may run on, where it belongs to a session. */
  readonly reservation: Reservation | undefined;
  readonly clock: Clock;
  readonly text: AnswerText;
  readonly isEndOfAnswer: (token: number) => boolean;
  readonly describeLogprob: (sampled: SampledToken) => TokenLogprob | undefined;
  /** Called once it has a slot: a sampler holds memory. */
  readonly createSampler: () => Promise<TokenSampler>;
}

/**
 * One generation on its way through the scheduler: it waits, has its prompt evaluated piece by piece, then one token
 * after the other, and ends. It may end at any moment, also while a batch with its tokens is being evaluated: what
 * comes out of that batch is then left alone.
 */
export class Job {
  readonly spec: JobSpec;
  readonly outcome: Promise<GenerationOutcome>;
  readonly #controller: GenerationController;
  readonly #generated: number[] = [];
  readonly #logprobs: TokenLogprob[] = [];
  /** How many of the generated tokens a text event has told of. */
  #told = 0;
  #cachedTokens = 0;
  /** What it runs on, from its start to its release. */
  #slot: Slot | undefined;
  #sampler: TokenSampler | undefined;
  #settle: { resolve: (outcome: GenerationOutcome) => void; reject: (error: unknown) => void };
  #hasEnded = false;

  constructor(spec: JobSpec, controller: GenerationController) {
    this.spec = spec;
    this.#controller = controller;
    this.#settle = { resolve: () => {}, reject: () => {} };
    this.outcome = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  get priority(): number {
    return this.spec.priority;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get slot(): Slot {
    if (!this.#slot) throw new Error("the job does not run");
    return this.#slot;
  }

  /** Gives it the slot to run on, which holds the beginning of its prompt. */
  async start(slot: Slot): Promise<void> {
    this.#slot = slot;
    slot.isBusy = true;
    this.#cachedTokens = slot.tokens.length;
    this.spec.clock.start();
    try {
      this.#sampler = await this.spec.createSampler();
    } catch (cause) {
      this.fail(cause);
    }
  }

  /** Gives back what it has. Not while a batch or a sampler of it is at work. */
  release(): void {
    this.#sampler?.dispose();
    this.#sampler = undefined;
    if (this.#slot) this.#slot.isBusy = false;
    this.#slot = undefined;
  }

  /** How many of its tokens are yet to be evaluated before the next one can be sampled. */
  get pendingCount(): number {
    const { prompt } = this.spec;
    return prompt.length + this.#generated.length - this.slot.tokens.length;
  }

  /** The next of these tokens. */
  pending(count: number): number[] {
    const { prompt } = this.spec;
    const done = this.slot.tokens.length;
    if (done >= prompt.length) return this.#generated.slice(done - prompt.length).slice(0, count);
    return prompt.slice(done, done + count);
  }

  /**
   * Takes what a batch has brought.
   *
   * @param logitIndex - where the logits are; -1 where the prompt has more to come
   * @returns whether a token was sampled from them
   */
  async advance(logitIndex: number): Promise<boolean> {
    if (this.#hasEnded) return false;
    if (this.#generated.length === 0) this.#tellPromptProgress();
    if (logitIndex === -1) return false;
    try {
      const sampled = await this.#sampler?.sample(logitIndex);
      if (sampled) this.#take(sampled);
      return sampled !== undefined;
    } catch (cause) {
      this.fail(cause);
      return false;
    }
  }

  /** Ends it; what has been generated and held back is handed on. Does nothing where it has ended. */
  end(finishReason: FinishReason, modelEndedIt = false): void {
    if (this.#hasEnded) return;
    this.#tell(this.spec.text.flush(modelEndedIt));
    this.#hasEnded = true;
    const { prompt, clock, seed, text } = this.spec;
    const { stopString } = text;
    this.#settle.resolve({
      finishReason,
      ...(stopString !== undefined && { stopString }),
      tokens: this.#generated,
      ...(this.#logprobs.length > 0 && { logprobs: this.#logprobs }),
      usage: {
        promptTokens: prompt.length,
        cachedTokens: this.#cachedTokens,
        completionTokens: this.#generated.length,
      },
      timings: clock.timings(this.#generated.length),
      seed,
    });
  }

  /** Ends it with an error; what was held back is handed on before, if the model can still tell what text it is. */
  fail(cause: unknown): void {
    if (this.#hasEnded) return;
    try {
      this.#tell(this.spec.text.flush(false));
    } catch {
      // The failure that is about to be reported tells more than this one.
    }
    this.#hasEnded = true;
    this.#settle.reject(asGenerationFailure(cause));
  }

  #take(sampled: SampledToken): void {
    if (this.#hasEnded) return;
    const { text, clock, isEndOfAnswer, describeLogprob, maxTokens } = this.spec;
    const { token } = sampled;
    clock.tick();
    this.#generated.push(token);
    const logprob = describeLogprob(sampled);
    if (logprob) this.#logprobs.push(logprob);
    if (isEndOfAnswer(token)) {
      this.end("stop", true);
      return;
    }
    this.#tell(text.push(token));
    if (text.stopString !== undefined) this.end("stop");
    else if (this.#generated.length >= maxTokens) this.end("length");
  }

  #tell(text: string): void {
    if (text === "") return;
    const from = this.#told;
    this.#told = this.#generated.length;
    const logprobs = this.#logprobs.length > 0 ? this.#logprobs.slice(from) : undefined;
    this.#controller.text(text, this.#generated.slice(from), logprobs);
  }

  #tellPromptProgress(): void {
    const { prompt } = this.spec;
    this.#controller.prompt(this.slot.tokens.length, prompt.length);
  }
}

function asGenerationFailure(cause: unknown): InferenceError {
  if (InferenceError.isInstance(cause)) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new InferenceError("GENERATION_FAILED", `llama.cpp failed to generate: ${reason}`, {
    cause,
  });
}
