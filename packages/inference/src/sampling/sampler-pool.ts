import type { LlamaModel } from "node-llama-cpp";
import {
  type NativeSampler,
  type NativeSamplerConfig,
  type NativeSampling,
  nativeModel,
} from "./native-sampler.ts";

/**
 * A native sampler holds 12 bytes for every token of the vocabulary, 384 KB for Llama 2, until the garbage collector
 * finds it, which does not know of them. So those that are done with are used again.
 */
const pools = new WeakMap<LlamaModel, NativeSampler[]>();

/** More than generate at the same time on one machine. */
const MOST_KEPT = 32;

/** Takes a native sampler that does what the configuration says, with nothing left of what it did before. */
export function takeSampler(
  native: NativeSampling,
  model: LlamaModel,
  config: NativeSamplerConfig,
): NativeSampler {
  const kept = pools.get(model)?.pop();
  const sampler = kept ?? new native.AddonSampler(nativeModel(model));
  // Another seed than before starts the random numbers anew; the same one goes on with them.
  if (kept) sampler.applyConfig({ temperature: 0, seed: config.seed === 0 ? 1 : 0 });
  sampler.applyConfig(config);
  return sampler;
}

/** Gives a sampler back, for the next generation of this model. */
export function giveSamplerBack(model: LlamaModel, sampler: NativeSampler): void {
  const pool = pools.get(model) ?? [];
  pools.set(model, pool);
  if (pool.length >= MOST_KEPT) {
    sampler.dispose();
    return;
  }
  // Lets go of the grammar, the bias and the recent tokens.
  sampler.applyConfig({ temperature: 0, seed: 0 });
  pool.push(sampler);
}
