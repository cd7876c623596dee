import type { LlamaModel } from "node-llama-cpp";
import { fromProbabilities } from "./candidate-reader.ts";
import type { Candidates } from "./candidates.ts";
import type {
  NativeSampler,
  NativeSamplerConfig,
  NativeSampling,
  SampledContext,
} from "./native-sampler.ts";
import { vocabularySize } from "./native-sampler.ts";
import { giveSamplerBack, takeSampler } from "./sampler-pool.ts";

/** The model's own probability of a token, before anything was penalised or cut. */
export interface SampledLogprob {
  /** ln of the token's probability at temperature 1. */
  readonly logprob: number;
  /** The likeliest tokens in its place, the likeliest first. */
  readonly top: readonly { readonly token: number; readonly logprob: number }[];
}

/**
 * How many of the likeliest tokens to list, if more are not asked for. What comes after them is summed up by the
 * addon in 32 bits, which is right to a thousandth; so if it is more than a small share, a longer list follows.
 */
const LIST_LENGTHS: readonly number[] = [40, 2000];
const LARGEST_REST = 0.05;

/** In nats: farther than the logits of one position are mostly apart, and near enough for 32 bits. */
const LIFT = 50;

/** Makes room in 32 bits for logits that are far apart. */
const READING_TEMPERATURE = 4;

/** The likeliest candidates, and what all tokens' probabilities add up to relative to the likeliest one's. */
interface Scale {
  readonly likeliest: Candidates;
  readonly sum: number;
}

/**
 * Reads the model's own probabilities out of llama.cpp, right to 1e-4. Where the 40 likeliest tokens have 95 % of the
 * probability, as they mostly do, it takes 2 ms with a vocabulary of 32,000; a list of all takes 14 ms.
 *
 * - A list of the likeliest tells their probabilities relative to the first one's.
 * - With these banned, a greedy sampler tells the share of the next one in the rest, and so what the rest adds up to.
 * - A token outside of the list is lifted among the two likeliest, by a bias that is known.
 */
export class LogprobReader {
  readonly #context: SampledContext;
  readonly #model: LlamaModel;
  readonly #count: number;
  readonly #vocabularySize: number;
  readonly #list: NativeSampler;
  readonly #greedy: NativeSampler;

  /** @param count - how many of the likeliest tokens to tell */
  constructor(native: NativeSampling, model: LlamaModel, context: SampledContext, count: number) {
    this.#context = context;
    this.#model = model;
    this.#count = count;
    this.#vocabularySize = vocabularySize(model);
    this.#list = takeSampler(native, model, { temperature: 1, seed: 0 });
    this.#greedy = takeSampler(native, model, { temperature: 0, seed: 0 });
  }

  async read(logitIndex: number, token: number): Promise<SampledLogprob> {
    const { likeliest, sum } = await this.#scale(logitIndex);
    const { ids, logits } = likeliest;
    const highest = -Math.log(sum);
    const logprobOf = (place: number) =>
      Math.min(0, highest + (logits[place] ?? 0) - (logits[0] ?? 0));
    const top = Array.from(ids.subarray(0, this.#count), (id, place) => ({
      token: id,
      logprob: logprobOf(place),
    }));
    const place = ids.indexOf(token);
    if (place >= 0) return { logprob: logprobOf(place), top };
    const distance = await this.#distance(logitIndex, token, ids[0] ?? 0);
    return { logprob: Math.min(0, highest - distance), top };
  }

  dispose(): void {
    giveSamplerBack(this.#model, this.#list);
    giveSamplerBack(this.#model, this.#greedy);
  }

  async #scale(logitIndex: number): Promise<Scale> {
    for (const length of LIST_LENGTHS) {
      const size = Math.max(length, this.#count);
      if (size >= this.#vocabularySize) break;
      // One more than is banned below: its weight is the measure of the rest.
      const likeliest = await this.#read(logitIndex, { ...PLAIN, topK: size + 1 });
      const weights = weightsOf(likeliest);
      const head = weights.subarray(0, size).reduce((sum, weight) => sum + weight, 0);
      const rest = await this.#rest(logitIndex, likeliest.ids.subarray(0, size), weights[size]);
      if (rest <= LARGEST_REST * (head + rest)) return { likeliest, sum: head + rest };
    }
    const all = await this.#readAll(logitIndex);
    return { likeliest: all, sum: weightsOf(all).reduce((sum, weight) => sum + weight, 0) };
  }

  /** The weight of all tokens but some, of which the likeliest has a weight that is known. */
  async #rest(logitIndex: number, banned: Int32Array, weight = 0): Promise<number> {
    const values = new Float32Array(banned.length).fill(Number.NEGATIVE_INFINITY);
    this.#greedy.applyConfig({ temperature: 0, seed: 0, ...biasOf(banned, values) });
    const [, , share = 1] = await this.#context.sampleToken(logitIndex, this.#greedy, false, true);
    return weight / share;
  }

  /** How far a token's logit is below the likeliest one's. */
  async #distance(logitIndex: number, token: number, likeliest: number): Promise<number> {
    const lift = biasOf(Int32Array.of(token), Float32Array.of(LIFT));
    const two = await this.#read(logitIndex, { ...PLAIN, topK: 2, ...lift });
    const distance = distanceIn(two, token, likeliest);
    if (distance !== undefined) return distance + LIFT;
    return distanceIn(await this.#readAll(logitIndex), token, likeliest) ?? Infinity;
  }

  #readAll(logitIndex: number): Promise<Candidates> {
    return this.#read(logitIndex, { ...PLAIN, temperature: READING_TEMPERATURE, topK: 0 });
  }

  async #read(logitIndex: number, config: NativeSamplerConfig): Promise<Candidates> {
    this.#list.applyConfig(config);
    const [, list = []] = await this.#context.sampleToken(logitIndex, this.#list, true);
    return fromProbabilities(list, config.temperature);
  }
}

const PLAIN = { temperature: 1, seed: 0 };

function biasOf(tokens: Int32Array, values: Float32Array): Partial<NativeSamplerConfig> {
  return { tokenBiasKeys: Uint32Array.from(tokens), tokenBiasValues: values };
}

/** Probabilities relative to the first one's. */
function weightsOf({ logits }: Candidates): Float64Array {
  const highest = logits[0] ?? 0;
  return Float64Array.from(logits, (logit) => Math.exp(logit - highest));
}

/** How far one token is below another, if both are there. */
function distanceIn({ ids, logits }: Candidates, low: number, high: number): number | undefined {
  const lower = logits[ids.indexOf(low)];
  const higher = logits[ids.indexOf(high)];
  return lower === undefined || higher === undefined ? undefined : higher - lower;
}
