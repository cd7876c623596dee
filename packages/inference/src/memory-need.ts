import { isQuantized } from "./check-load-options.ts";
import type { KvCacheType } from "./load-options.ts";
import type { ModelSizes } from "./model-sizes.ts";

/** Memory that a model takes, in bytes. */
export interface MemoryNeed {
  /** The weights, exactly. On some CPUs llama.cpp holds a copy in another order, which this leaves out. */
  readonly weightsBytes: number;
  /** The KV cache of all sequences, exactly. */
  readonly kvCacheBytes: number;
  /** What llama.cpp computes in: an estimate, within a fifth for Llama models. */
  readonly computeBytes: number;
  /** All of it. */
  readonly totalBytes: number;
}

/** What a model's memory depends on, besides its sizes. */
export interface MemoryOptions {
  readonly weightsBytes: number;
  readonly contextSize: number;
  readonly sequences: number;
  readonly batchSize: number;
  readonly kvCacheType: KvCacheType;
  /** Without flash attention, the scores of all heads are held at once. */
  readonly flashAttention: "auto" | boolean;
}

/** Bytes of a value in the cache: the quantised types have blocks of 32 with one or two half-precision scales. */
const CACHE_BYTES: Readonly<Record<KvCacheType, number>> = {
  f32: 4,
  f16: 2,
  bf16: 2,
  q8_0: 34 / 32,
  q5_1: 24 / 32,
  q5_0: 22 / 32,
  q4_1: 20 / 32,
  q4_0: 18 / 32,
};

/** llama.cpp makes a sequence's part of the cache a multiple of this. */
const CACHE_STEP = 256;

/** Reckons the memory that a model takes. */
export function reckonMemory(sizes: ModelSizes, options: MemoryOptions): MemoryNeed {
  const { weightsBytes } = options;
  const kvCacheBytes = reckonCache(sizes, options);
  const computeBytes = reckonCompute(sizes, options);
  const totalBytes = weightsBytes + kvCacheBytes + computeBytes;
  return { weightsBytes, kvCacheBytes, computeBytes, totalBytes };
}

function reckonCache(sizes: ModelSizes, options: MemoryOptions): number {
  const { layers, kvHeads, headSize } = sizes;
  const values = cellsPerSequence(options) * options.sequences * layers * kvHeads * headSize;
  return 2 * values * CACHE_BYTES[options.kvCacheType]; // keys and values
}

function cellsPerSequence({ contextSize }: MemoryOptions): number {
  return Math.ceil(contextSize / CACHE_STEP) * CACHE_STEP;
}

/** The largest of what is held at once: in attention, in the feed-forward network, and at the output. */
function reckonCompute(sizes: ModelSizes, options: MemoryOptions): number {
  const { heads, embeddingSize, feedForwardSize, vocabularySize } = sizes;
  const { sequences, kvCacheType } = options;
  const cells = cellsPerSequence(options);
  const batch = Math.min(Math.max(options.batchSize, sequences), options.contextSize * sequences);
  const scores = options.flashAttention || isQuantized(kvCacheType) ? 0 : heads * cells;
  const attention = scores + 6 * embeddingSize;
  const feedForward = 3 * feedForwardSize + 4 * embeddingSize;
  const output = vocabularySize + 2 * embeddingSize;
  const numbers = Math.max(attention, feedForward, output) + cells / 2; // half: the mask
  return 4 * (batch * numbers + sequences * vocabularySize);
}
