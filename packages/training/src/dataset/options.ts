import type { TextTokenizer } from "@llama2-kit/prompt";
import { badOption } from "../error.ts";
import { DATASET_FORMATS, type DatasetFormat } from "./formats.ts";

/** How to make examples of a dataset. All but the tokenizer is optional. */
export interface DatasetOptions {
  /** The tokenizer of the model that is to learn: without BOS and EOS, and with special tokens read as text. */
  readonly tokenizer: TextTokenizer;
  /** Default `auto`: that of the first row which has one; rows of others are then dropped. */
  readonly format?: DatasetFormat | "auto" | undefined;
  /** Tokens that an example has at most. Default 512. */
  readonly sequenceLength?: number | undefined;
  /** The system message of conversations that have none. Default none. */
  readonly systemPrompt?: string | undefined;
  /**
   * What is learned of a conversation: what the `assistant` says (the default), its `last-answer`, or `all`. Of plain
   * text it is always all.
   */
  readonly lossOn?: "assistant" | "last-answer" | "all" | undefined;
  /**
   * What becomes of a conversation that is longer than a sequence: `cut` (the default) keeps the exchanges from its
   * beginning that fit, `drop` drops it. It is dropped as well if not even one fits, or if the last answer is the one to learn.
   */
  readonly overlong?: "cut" | "drop" | undefined;
  /** What to do with messages that hold `[INST]` and the like, as for `encodeChat`. Default `error`: they are dropped. */
  readonly specialTags?: "error" | "escape" | "allow" | undefined;
  /** Joins messages in a row that have the same role. Default false: such conversations are dropped. */
  readonly mergeConsecutive?: boolean | undefined;
  /** The share of rows to keep apart for evaluation, from 0 to 1. Default 0. */
  readonly evaluationShare?: number | undefined;
  /** Draws which rows these are. Default 42. A row's own content decides with it, so other rows may come and go. */
  readonly seed?: number | undefined;
  /** Throws at the first row that would be dropped. Default false. */
  readonly strict?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Is called now and then, and at the end. */
  readonly onProgress?: ((progress: DatasetProgress) => void) | undefined;
}

/** How far the reading is. */
export interface DatasetProgress {
  readonly rows: number;
  readonly examples: number;
  /** Bytes read so far; 0 of rows from memory. */
  readonly bytes: number;
  /** Bytes there are, if the source is a file. */
  readonly totalBytes: number | undefined;
}

const DEFAULTS = {
  format: "auto" as DatasetFormat | "auto",
  sequenceLength: 512,
  lossOn: "assistant" as "assistant" | "last-answer" | "all",
  overlong: "cut" as "cut" | "drop",
  specialTags: "error" as "error" | "escape" | "allow",
  mergeConsecutive: false,
  evaluationShare: 0,
  seed: 42,
  strict: false,
};

const CHOICES = {
  format: [...DATASET_FORMATS, "auto"],
  lossOn: ["assistant", "last-answer", "all"],
  overlong: ["cut", "drop"],
  specialTags: ["error", "escape", "allow"],
  mergeConsecutive: [true, false],
  strict: [true, false],
};

/** Options with their defaults. Of formats, `auto` is undefined. */
export type ResolvedDatasetOptions = Omit<DatasetOptions, keyof typeof DEFAULTS> &
  Omit<typeof DEFAULTS, "format"> & { readonly format: DatasetFormat | undefined };

/** BOS, something to predict, and something to predict it from. */
const SHORTEST_SEQUENCE = 3;
/** Far beyond what any Llama 2 was stretched to. */
const LONGEST_SEQUENCE = 1_048_576;

/** Checks the options, and fills in the defaults. Throws TrainingError with code `BAD_OPTION`. */
export function resolveDatasetOptions(options: DatasetOptions): ResolvedDatasetOptions {
  if (typeof options !== "object" || options === null) {
    throw badOption("options", options, "an object with a tokenizer");
  }
  // Undefined is as good as absent, and must not take a default away.
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
  const resolved = { ...DEFAULTS, ...given } as typeof DEFAULTS & DatasetOptions;
  for (const [name, choices] of Object.entries(CHOICES)) {
    requireChoice(name, resolved[name as keyof typeof CHOICES], choices);
  }
  requireInteger("sequenceLength", resolved.sequenceLength, SHORTEST_SEQUENCE, LONGEST_SEQUENCE);
  requireInteger("seed", resolved.seed, 0, Number.MAX_SAFE_INTEGER);
  const { evaluationShare } = resolved;
  if (!(typeof evaluationShare === "number" && evaluationShare >= 0 && evaluationShare <= 1)) {
    throw badOption("evaluationShare", evaluationShare, "a number from 0 to 1");
  }
  requireObjects(resolved);
  return { ...resolved, format: resolved.format === "auto" ? undefined : resolved.format };
}

function requireObjects({
  tokenizer,
  systemPrompt = "",
  onProgress,
  signal,
}: DatasetOptions): void {
  if (typeof tokenizer?.encode !== "function") {
    throw badOption("tokenizer", tokenizer, "an object with an encode(text) method");
  }
  if (typeof systemPrompt !== "string") throw badOption("systemPrompt", systemPrompt, "a text");
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw badOption("onProgress", onProgress, "a function");
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw badOption("signal", signal, "an AbortSignal");
  }
}

function requireChoice(name: string, value: unknown, choices: readonly unknown[]): void {
  if (choices.includes(value)) return;
  throw badOption(name, value, choices.map((choice) => JSON.stringify(choice)).join(", "));
}

function requireInteger(name: string, value: unknown, least: number, most: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most)
    return;
  throw badOption(name, value, `a whole number from ${least} to ${most}`);
}
