import type { LlamaModel } from "node-llama-cpp";
import { fromProbabilities } from "./candidate-reader.ts";
import type {
  NativeSampler,
  NativeSamplerConfig,
  NativeSampling,
  SampledContext,
} from "./native-sampler.ts";
import { giveSamplerBack, takeSampler } from "./sampler-pool.ts";

/** The model's own probability of a token, before anything was penalised or cut. */
export interface SampledLogprob {
  /** ln of the token's probability at temperature 1. */
  readonly logprob: number;
  /** The likeliest tokens in its place, the likeliest first. */
  readonly top: readonly { readonly token: number; readonly logprob: number }[];
}

/** Most tokens that are drawn are among so many likeliest, and a list of them takes no longer than a shorter one. */
const SHORTEST_LIST = 40;

/** In nats. Larger than how far apart the logits of one position are, and small enough for 32 bits. */
const LIFT = 50;

/** Reads the list of everything, when it comes to that: see CandidateReader. */
const READING_TEMPERATURE = 4;

/**
 * Reads the model's own probabilities out of llama.cpp at a bounded cost: 2 ms for a token of a vocabulary of 32,000,
 * where a list of all takes 14 ms.
 *
 * - A greedy sampler tells the likeliest token's probability among all tokens.
 * - A list of the likeliest tells their probabilities relative to that one.
 * - A token outside of the list is lifted among the two likeliest, by a bias that is known.
 */
export class LogprobReader {
  readonly #context: SampledContext;
  readonly #model: LlamaModel;
  readonly #count: number;
  readonly #greedy: NativeSampler;
  readonly #list: NativeSampler;
  readonly #single: NativeSampler;

  /** @param count - how many of the likeliest tokens to tell */
  constructor(native: NativeSampling, model: LlamaModel, context: SampledContext, count: number) {
    this.#context = context;
    this.#model = model;
    this.#count = count;
    const topK = Math.max(count, SHORTEST_LIST);
    this.#greedy = takeSampler(native, model, { temperature: 0, seed: 0 });
    this.#list = takeSampler(native, model, { temperature: 1, seed: 0, topK });
    this.#single = takeSampler(native, model, { temperature: 1, seed: 0, topK: 2 });
  }

  async read(logitIndex: number, token: number): Promise<SampledLogprob> {
    const [, , share = 1] = await this.#context.sampleToken(logitIndex, this.#greedy, false, true);
    const highest = Math.log(share);
    const [, list = []] = await this.#context.sampleToken(logitIndex, this.#list, true);
    const { ids, logits } = fromProbabilities(list, 1);
    const likeliest = logits[0] ?? 0;
    const logprobOf = (place: number) =>
      Math.min(0, highest + (logits[place] ?? Number.NEGATIVE_INFINITY) - likeliest);
    const top = Array.from(ids.subarray(0, this.#count), (id, place) => ({
      token: id,
      logprob: logprobOf(place),
    }));
    const place = ids.indexOf(token);
    const logprob =
      place < 0
        ? Math.min(0, highest - (await this.#distance(logitIndex, token, ids[0] ?? 0)))
        : logprobOf(place);
    return { logprob, top };
  }

  dispose(): void {
    for (const sampler of [this.#greedy, this.#list, this.#single]) {
      giveSamplerBack(this.#model, sampler);
    }
  }

  /** How far a token's logit is below the likeliest one's. */
  async #distance(logitIndex: number, token: number, likeliest: number): Promise<number> {
    const lift = { tokenBiasKeys: Uint32Array.of(token), tokenBiasValues: Float32Array.of(LIFT) };
    const lifted = await this.#differ(logitIndex, token, likeliest, {
      temperature: 1,
      seed: 0,
      topK: 2,
      ...lift,
    });
    if (lifted !== undefined) return lifted + LIFT;
    const everything = { temperature: READING_TEMPERATURE, seed: 0, topK: 0 };
    const differ = await this.#differ(logitIndex, token, likeliest, everything);
    return (differ ?? Number.POSITIVE_INFINITY) * READING_TEMPERATURE;
  }

  /** How far one token is below another, if both are in the list that a configuration makes. */
  async #differ(
    logitIndex: number,
    token: number,
    likeliest: number,
    config: NativeSamplerConfig,
  ): Promise<number | undefined> {
    this.#single.applyConfig(config);
    const [, list = []] = await this.#context.sampleToken(logitIndex, this.#single, true);
    const { ids, logits } = fromProbabilities(list, 1);
    const low = logits[ids.indexOf(token)];
    const high = logits[ids.indexOf(likeliest)];
    return low === undefined || high === undefined ? undefined : high - low;
  }
}
