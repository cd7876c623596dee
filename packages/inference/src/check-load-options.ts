import { type CheckedAdapterSource, readAdapterSources } from "./adapter-source.ts";
import type { GpuChoice } from "./llama.ts";
import type { KvCacheType, LoadModelOptions } from "./load-options.ts";
import { badParameter, readNumber, readSignal, refuseUnknownOptions } from "./parameters.ts";

/** {@link LoadModelOptions} with every value checked, and with the defaults that do not depend on the model. */
export interface CheckedLoadOptions extends LoadModelOptions {
  readonly gpu: GpuChoice;
  readonly gpuLayers: "auto" | number;
  readonly sequences: number;
  readonly maxQueue: number;
  readonly kvCacheType: KvCacheType;
  readonly checkTensors: boolean;
  readonly adapters: readonly CheckedAdapterSource[];
}

const KNOWN_OPTIONS: readonly (keyof LoadModelOptions)[] = [
  ...(["model", "id", "gpu", "gpuLayers", "threads", "contextSize", "sequences"] as const),
  ...(["maxQueue", "batchSize", "flashAttention", "kvCacheType", "checkTensors"] as const),
  ...(["adapters", "chatFormat", "cacheDir", "onDownloadProgress", "onLoadProgress"] as const),
  ...(["onWarning", "signal"] as const),
];

/** Options that have one of a few values. */
const CHOICES = {
  gpu: ["auto", "cuda", "vulkan", "metal", false],
  chatFormat: ["auto", "llama2"],
  flashAttention: ["auto", true, false],
  kvCacheType: ["f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0"],
  checkTensors: [true, false],
} as const;

/** Sequences of a context at most: `LLAMA_MAX_SEQ` of llama.cpp. */
export const MOST_SEQUENCES = 256;

/** Tokens of a batch at most. More gain nothing, and a batch's buffers grow with it. */
const LARGEST_BATCH = 16_384;

const integer = { integer: true } as const;

/** @throws InferenceError `BAD_PARAMETER` */
export function checkLoadOptions(options: LoadModelOptions): CheckedLoadOptions {
  refuseUnknownOptions(options, KNOWN_OPTIONS);
  checkTexts(options);
  checkChoices(options);
  checkFunctions(options);
  const { contextSize, threads, batchSize } = options;
  readNumber("contextSize", contextSize, { ...integer, min: 8 }, 8);
  readNumber("threads", threads, { ...integer, min: 1 }, 1);
  readNumber("batchSize", batchSize, { ...integer, min: 1, max: LARGEST_BATCH }, 1);
  refuseCacheWithoutFlashAttention(options);
  return {
    ...options,
    gpu: options.gpu ?? "auto",
    gpuLayers: readGpuLayers(options),
    sequences: readNumber(
      "sequences",
      options.sequences,
      { ...integer, min: 1, max: MOST_SEQUENCES },
      1,
    ),
    maxQueue: readNumber("maxQueue", options.maxQueue, { ...integer, min: 0 }, 256),
    kvCacheType: options.kvCacheType ?? "f16",
    checkTensors: options.checkTensors ?? true,
    adapters: readAdapterSources(options.adapters),
  };
}

function checkTexts(options: LoadModelOptions): void {
  const isText = (value: unknown) => typeof value === "string" && value !== "";
  check("model", isText(options.model), options.model, "the path or URI of a GGUF file");
  for (const parameter of ["id", "cacheDir"] as const) {
    const value = options[parameter];
    check(parameter, value === undefined || isText(value), value, "a string that is not empty");
  }
}

/**
 * Checks those options that have one of a few values.
 *
 * @throws InferenceError `BAD_PARAMETER`
 */
export function checkChoices(options: Partial<Record<keyof typeof CHOICES, unknown>>): void {
  for (const [parameter, choices] of Object.entries(CHOICES)) {
    const value = options[parameter as keyof typeof CHOICES];
    const isFine = value === undefined || (choices as readonly unknown[]).includes(value);
    check(parameter, isFine, value, listChoices(choices));
  }
}

/** For messages: `"auto", true or false`. */
function listChoices(choices: readonly unknown[]): string {
  const texts = choices.map((choice) => JSON.stringify(choice));
  return `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`;
}

function checkFunctions(options: LoadModelOptions): void {
  for (const parameter of ["onDownloadProgress", "onLoadProgress", "onWarning"] as const) {
    const value = options[parameter];
    check(parameter, value === undefined || typeof value === "function", value, "a function");
  }
  const { signal } = options;
  check("signal", signal === undefined || readSignal(options), signal, "an AbortSignal");
}

function readGpuLayers({ gpu, gpuLayers = "auto" }: LoadModelOptions): "auto" | number {
  if (gpuLayers === "auto") return gpuLayers;
  const isNumber = Number.isSafeInteger(gpuLayers) && gpuLayers >= 0;
  check("gpuLayers", isNumber, gpuLayers, '"auto" or an integer of at least 0');
  check("gpuLayers", gpu !== false || gpuLayers === 0, gpuLayers, "0 where gpu is false");
  return gpuLayers;
}

/** Whether a cache of a type is quantised: in blocks of 32 numbers, and read with flash attention alone. */
export function isQuantized(type: KvCacheType): boolean {
  return type.startsWith("q");
}

function refuseCacheWithoutFlashAttention({ kvCacheType, flashAttention }: LoadModelOptions): void {
  if (kvCacheType === undefined || !isQuantized(kvCacheType) || flashAttention !== false) return;
  const allowed = '"f32", "f16" or "bf16" where flashAttention is false';
  throw badParameter("kvCacheType", kvCacheType, `${allowed}, as llama.cpp reads no other then`);
}

function check(parameter: string, isAllowed: unknown, value: unknown, allowed: string): void {
  if (!isAllowed) throw badParameter(parameter, value, allowed);
}
