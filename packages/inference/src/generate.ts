import type { FinishReason, GenerationController, GenerationOutcome } from "@llama2-kit/protocol";
import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from "node-llama-cpp";
import { AnswerText, type AnswerTextOptions } from "./answer-text.ts";
import { Clock } from "./clock.ts";
import { InferenceError } from "./error.ts";
import { recentTokens } from "./recent-tokens.ts";
import type { SamplingParameters } from "./sampling/sampling-parameters.ts";

/** One generation to run. */
export interface Generation {
  readonly prompt: readonly Token[];
  readonly parameters: SamplingParameters;
  readonly textKind: AnswerTextOptions["kind"];
  /** When the caller asked for it, on `performance.now()`'s clock. */
  readonly startedAt: number;
}

/** Where a generation runs. */
export interface Slot {
  readonly sequence: LlamaContextSequence;
  /** Tokens that prompt and answer may have together. */
  readonly contextSize: number;
  /** Tokens of the prompt evaluated between two looks at the signal. */
  readonly prefillChunk: number;
}

/**
 * Runs one generation on a sequence that nobody else uses meanwhile. What the sequence still holds from before
 * is used where it is the beginning of this prompt.
 *
 * @throws InferenceError `GENERATION_FAILED` where llama.cpp fails; the sequence is then empty
 */
export async function generate(
  slot: Slot,
  generation: Generation,
  controller: GenerationController,
): Promise<GenerationOutcome> {
  const clock = new Clock(generation.startedAt);
  const run = new Run(slot, generation, controller, clock);
  try {
    const cachedTokens = await prefill(slot, generation.prompt, controller.signal);
    const finishReason = await run.sample();
    return {
      finishReason,
      ...(run.stopString === undefined ? {} : { stopString: run.stopString }),
      tokens: run.tokens,
      usage: {
        promptTokens: generation.prompt.length,
        cachedTokens,
        completionTokens: run.tokens.length,
      },
      timings: clock.timings(run.tokens.length),
      seed: generation.parameters.seed,
    };
  } catch (cause) {
    run.tellRest();
    await slot.sequence.clearHistory().catch(() => {});
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InferenceError("GENERATION_FAILED", `llama.cpp failed to generate: ${reason}`, {
      cause,
    });
  }
}

/**
 * Brings the sequence to hold the prompt but for its last chunk, which sampling evaluates. Returns how many
 * tokens it held already. Ends early, with the sequence in order, when the signal fires.
 */
async function prefill(
  { sequence, prefillChunk }: Slot,
  prompt: readonly Token[],
  signal: AbortSignal,
): Promise<number> {
  const { firstDifferentIndex } = sequence.compareContextTokens([...prompt]);
  // The last token is evaluated in any case: the next one is sampled from what comes out of it.
  const cached = Math.min(firstDifferentIndex, prompt.length - 1);
  if (cached < sequence.nextTokenIndex) {
    await sequence.eraseContextTokenRanges([{ start: cached, end: sequence.nextTokenIndex }]);
  }
  while (!signal.aborted && prompt.length - sequence.nextTokenIndex > prefillChunk) {
    const next = sequence.nextTokenIndex;
    await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(next, next + prefillChunk));
  }
  return cached;
}

/** The part of a generation after the prompt: sample, decode, hand on, until there is a reason to end. */
class Run {
  readonly tokens: Token[] = [];
  readonly #slot: Slot;
  readonly #generation: Generation;
  readonly #controller: GenerationController;
  readonly #clock: Clock;
  readonly #text: AnswerText;
  /** Tokens that no text event has told of yet. */
  #untold: Token[] = [];

  constructor(slot: Slot, generation: Generation, controller: GenerationController, clock: Clock) {
    this.#slot = slot;
    this.#generation = generation;
    this.#controller = controller;
    this.#clock = clock;
    const { model } = slot.sequence;
    this.#text = new AnswerText({
      detokenize: (tokens, before) => model.detokenize(tokens as Token[], false, before as Token[]),
      promptTokens: generation.prompt,
      stop: generation.parameters.stop,
      kind: generation.textKind,
    });
  }

  get stopString(): string | undefined {
    return this.#text.stopString;
  }

  async sample(): Promise<FinishReason> {
    if (this.#controller.signal.aborted) return "aborted";
    const { sequence } = this.#slot;
    const rest = this.#generation.prompt.slice(sequence.nextTokenIndex);
    for await (const token of sequence.evaluate(rest, this.#evaluateOptions())) {
      const reason = this.#take(token);
      if (reason) return reason;
    }
    throw new Error("the sequence ended without an end-of-sequence token");
  }

  /** Takes a sampled token; returns the reason to end after it, if there is one. */
  #take(token: Token): FinishReason | undefined {
    this.#clock.tick();
    this.tokens.push(token);
    this.#untold.push(token);
    if (this.#slot.sequence.model.isEogToken(token)) return this.#end("stop", true);
    this.#tell(this.#text.push(token));
    if (this.stopString !== undefined) return this.#end("stop", false);
    if (this.#controller.signal.aborted) return this.#end("aborted", false);
    return this.#isFull() ? this.#end("length", false) : undefined;
  }

  #isFull(): boolean {
    const { prompt, parameters } = this.#generation;
    const room = this.#slot.contextSize - prompt.length;
    return this.tokens.length >= Math.min(parameters.maxTokens, room);
  }

  /** Hands on what a failure has left held back, if the model can still tell what text that is. */
  tellRest(): void {
    try {
      this.#tell(this.#text.flush(false));
    } catch {
      // The failure that is about to be thrown tells more than this one.
    }
  }

  /** Hands on what was held back. */
  #end(reason: FinishReason, modelEndedIt: boolean): FinishReason {
    this.#tell(this.#text.flush(modelEndedIt));
    return reason;
  }

  #tell(text: string): void {
    if (text === "") return;
    this.#controller.text(text, this.#untold);
    this.#untold = [];
  }

  #evaluateOptions(): SequenceEvaluateOptions {
    const { prompt, parameters } = this.#generation;
    const { temperature, topK, topP, minP, repeatPenalty, seed } = parameters;
    const punishTokens = () => recentTokens(prompt, this.tokens);
    return {
      temperature,
      topK,
      topP,
      minP,
      seed,
      yieldEogToken: true,
      ...(repeatPenalty === 1 ? {} : { repeatPenalty: { penalty: repeatPenalty, punishTokens } }),
    };
  }
}
