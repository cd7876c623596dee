import type { TokenLogprob } from "@llama2-kit/protocol";
import type { LlamaModel, Token } from "node-llama-cpp";
import type { Adapters } from "./adapters/adapters.ts";
import type { Clock } from "./clock.ts";
import type { JobSpec } from "./engine/job.ts";
import type { NativeContext } from "./engine/native-context.ts";
import type { Reservation } from "./engine/slot-pool.ts";
import type { Prompt } from "./prompt-encoder.ts";
import type { SamplingParameters } from "./sampling/sampling-parameters.ts";
import { createTokenSampler, type SampledToken } from "./sampling/token-sampler.ts";
import { AnswerText } from "./text/answer-text.ts";
import type { TokenTexts } from "./text/token-texts.ts";

/** What all of a model's jobs have in common. */
export interface JobMaterial {
  readonly model: LlamaModel;
  readonly context: NativeContext;
  /** Tokens that a prompt and its answer may have together. */
  readonly contextSize: number;
  readonly adapters: Adapters;
  readonly texts: TokenTexts;
}

/** What one job is about. */
export interface JobContent {
  readonly prompt: Prompt;
  readonly parameters: SamplingParameters;
  readonly clock: Clock;
  readonly reservation: Reservation | undefined;
}

/** Tells the scheduler how to run a generation. */
export function makeJobSpec(
  { model, context, contextSize, adapters, texts }: JobMaterial,
  { prompt, parameters, clock, reservation }: JobContent,
): JobSpec {
  const { ids, textKind, endOfAnswer } = prompt;
  return {
    prompt: ids,
    maxTokens: Math.min(parameters.maxTokens, contextSize - ids.length),
    priority: parameters.priority,
    seed: parameters.seed,
    adapters: adapters.choose(parameters.adapters),
    reservation,
    clock,
    text: new AnswerText({
      detokenize: (tokens, before) => model.detokenize(tokens as Token[], false, before as Token[]),
      promptTokens: ids,
      stop: parameters.stop,
      kind: textKind,
    }),
    isEndOfAnswer: (token) => token === endOfAnswer || model.isEogToken(token as Token),
    describeLogprob: (sampled) => describeLogprob(sampled, texts),
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

function describeLogprob(
  { token, logprob }: SampledToken,
  texts: TokenTexts,
): TokenLogprob | undefined {
  if (!logprob) return undefined;
  return {
    token,
    text: texts.of(token),
    logprob: logprob.logprob,
    top: logprob.top.map((other) => ({ ...other, text: texts.of(other.token) })),
  };
}
