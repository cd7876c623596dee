// Takes samples of several contestants in turns, so that a machine that gets slower or faster meanwhile does so for
// all of them, and compares their medians.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * @typedef {(round: number) => number | Promise<number>} Sampler
 *   Does the work of one sample, and returns what it measured. The round is the same for all contestants, so that
 *   they can be given the same input, and another one in each round.
 *
 * @typedef {object} Result what came of one contestant
 * @property {string} name
 * @property {number} median
 * @property {number} min
 * @property {number} max
 * @property {number} ratio the median, over the rounds, of its sample divided by the first contestant's
 * @property {number[]} samples one per round
 */

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

/**
 * Compares what samplers measure.
 *
 * @param {Record<string, Sampler>} samplers by name; the first is the one that the others are compared with
 * @param {object} options
 * @param {number} options.rounds rounds to count
 * @param {number} [options.warmUp] rounds before these that do not count
 * @param {Record<string, number>} [options.limits] those that are too slow for all rounds: they take part in the first
 *   so many only, and are not warmed up
 * @returns {Promise<Result[]>} in the order of the samplers
 */
export async function compare(samplers, options) {
  return summarizeAll(await takeSamples(samplers, options));
}

/**
 * Compares what samplers measure, where each sample is of several things.
 *
 * @template {string} Measure
 * @param {Record<string, (round: number) => Promise<Record<Measure, number>>>} samplers as for `compare`
 * @param {{ rounds: number, warmUp?: number }} options as for `compare`
 * @returns {Promise<Record<Measure, Result[]>>} by what is measured
 */
export async function compareMeasures(samplers, options) {
  const taken = await takeSamples(samplers, options);
  const [[first]] = Object.values(taken);
  const results = {};
  for (const measure of Object.keys(first)) {
    const entries = Object.entries(taken).map(([name, samples]) => [
      name,
      samples.map((sample) => sample[measure]),
    ]);
    results[measure] = summarizeAll(Object.fromEntries(entries));
  }
  return results;
}

async function takeSamples(samplers, { rounds, warmUp = 2, limits = {} }) {
  const names = Object.keys(samplers);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const name of orderOf(names, round)) {
      if (name in limits && (round < warmUp || samples[name].length === limits[name])) continue;
      // What one contestant leaves behind is not for the next one to clear away.
      collectGarbage();
      const sample = await samplers[name](round);
      if (round >= warmUp) samples[name].push(sample);
    }
  }
  return samples;
}

/**
 * Compares how long functions take, in milliseconds per call. Each sample is of as many calls as make it long
 * enough for the clock.
 *
 * @param {Record<string, () => unknown>} functions by name, synchronous or not; the first is compared with
 * @param {{ rounds: number, warmUp?: number, sampleMs?: number }} options as for `compare`, and how long a sample is
 * @returns {Promise<Result[]>}
 */
export async function compareTimes(functions, { sampleMs = 30, ...options }) {
  const samplers = {};
  for (const [name, run] of Object.entries(functions)) {
    const calls = await calibrate(run, sampleMs);
    samplers[name] = async () => (await time(run, calls)) / calls;
  }
  return compare(samplers, options);
}

/** How many calls take at least this long. Doubles them until they do, which warms the function up as well. */
async function calibrate(run, sampleMs) {
  for (let calls = 1; ; calls *= 2) {
    const ms = await time(run, calls);
    if (ms >= sampleMs) return Math.max(1, Math.round((calls * sampleMs) / ms));
  }
}

/** Milliseconds that some calls take. Only promises are awaited, which for a fast function would cost more than it. */
async function time(run, calls) {
  const start = performance.now();
  for (let call = 0; call < calls; call++) {
    const returned = run();
    if (returned instanceof Promise) await returned;
  }
  return performance.now() - start;
}

/** Everybody is first, in the middle and last equally often, and after everybody else. */
function orderOf(names, round) {
  const first = round % names.length;
  const rotated = [...names.slice(first), ...names.slice(0, first)];
  return Math.floor(round / names.length) % 2 === 0 ? rotated : rotated.reverse();
}

function summarizeAll(samplesByName) {
  const [baseline] = Object.values(samplesByName);
  return Object.entries(samplesByName).map(([name, samples]) => summarize(name, samples, baseline));
}

function summarize(name, samples, baseline) {
  return {
    name,
    median: medianOf(samples),
    min: Math.min(...samples),
    max: Math.max(...samples),
    ratio: medianOf(samples.map((sample, round) => sample / baseline[round])),
    samples,
  };
}

/** @param {number[]} numbers */
function medianOf(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
