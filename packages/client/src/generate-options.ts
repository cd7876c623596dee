import type { ChatMessage, ChatOptions } from "@llama2-kit/protocol";
import { isSignal } from "./chat-model.ts";
import { badParameter, isRecord, refuseUnknownOptions } from "./describe.ts";
import type { OptionName } from "./dialect.ts";
import type { Job } from "./generate.ts";

/** The values that a number may have: at least `0`, at most `1`; and whether it is an integer, or above the least. */
type Range = readonly [min: number, max?: number | undefined, kind?: "integer" | "above"];

/** The largest 32-bit integer, which no server takes more than. */
const MAX_INT = 2 ** 31 - 1;

/** llama.cpp takes its largest seed, 2^32 - 1, to mean "choose one". */
const MAX_SEED = 2 ** 32 - 2;

const RANGES: { readonly [Name in OptionName]?: Range | Readonly<Record<string, Range>> } = {
  maxTokens: [1, MAX_INT, "integer"],
  temperature: [0],
  topK: [0, MAX_INT, "integer"],
  topP: [0, 1, "above"],
  minP: [0, 1],
  typicalP: [0, 1, "above"],
  topNSigma: [0],
  repeatPenalty: [0, undefined, "above"],
  frequencyPenalty: [-2, 2],
  presencePenalty: [-2, 2],
  penaltyWindow: [0, MAX_INT, "integer"],
  seed: [0, MAX_SEED, "integer"],
  logprobs: [0, MAX_INT, "integer"],
  priority: [-MAX_INT, MAX_INT],
  dynamicTemperature: { range: [0], exponent: [0, undefined, "above"] },
  mirostat: { tau: [0, undefined, "above"], eta: [0, 1, "above"] },
  xtc: { probability: [0, 1], threshold: [0, 0.5] },
  dry: {
    multiplier: [0],
    base: [1],
    allowedLength: [1, MAX_INT, "integer"],
    window: [0, MAX_INT, "integer"],
  },
};

/** What an object among the options must have. */
const REQUIRED: Readonly<Record<string, string>> = {
  dynamicTemperature: "range",
  xtc: "probability",
  dry: "multiplier",
};

/** The checks of options that are no number and no record of numbers. Each returns whether the value is allowed. */
const CHECKS: Readonly<
  Record<string, readonly [allowed: string, check: (value: unknown) => boolean]>
> = {
  stop: ["a string that is not empty, or an array of such strings", isStop],
  grammar: ["a string that is not empty", isText],
  jsonSchema: ["an object", isRecord],
  adapter: ["a name, or an array of { name, scale }", isAdapter],
  logitBias: ["an object of numbers from -100 to 100, by token id", isLogitBias],
  continueFinalMessage: ["true or false", (value) => typeof value === "boolean"],
  signal: ["an AbortSignal", isSignal],
};

const KNOWN: readonly string[] = [...Object.keys(RANGES), ...Object.keys(CHECKS)];

/**
 * Checks what is to be generated.
 *
 * @throws ClientError `BAD_PARAMETER`
 */
export function checkJob({ messages, prompt, options }: Job): void {
  checkGenerateOptions(options);
  if (prompt === undefined) checkMessages(messages);
  else if (typeof prompt !== "string") readIds("prompt", prompt);
}

/**
 * Checks the options of a generation. Whether the server can do what they ask for is for its dialect to say.
 *
 * @throws ClientError `BAD_PARAMETER`, with the option, its value and what it may be
 */
function checkGenerateOptions(options: ChatOptions): void {
  refuseUnknownOptions("options", options, KNOWN);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const range = RANGES[name as OptionName];
    const check = CHECKS[name];
    if (check && !check[1](value)) throw badParameter(name, value, check[0]);
    if (!range) continue;
    if (isRange(range)) checkNumber(name, value, range);
    else checkRecord(name, value, range);
  }
  if (options.grammar !== undefined && options.jsonSchema !== undefined) {
    throw badParameter("grammar", options.grammar, "left out where there is a jsonSchema");
  }
}

/** Throws `BAD_PARAMETER` where something is no conversation. Whether its roles may come in this order, the server says. */
export function checkMessages(messages: readonly ChatMessage[] | undefined): void {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw badParameter("messages", messages, "an array of at least one message");
  }
  for (const [index, message] of messages.entries()) {
    const at = `messages[${index}]`;
    if (!isRecord(message)) throw badParameter(at, message, "an object");
    for (const field of ["role", "content"]) {
      const value = message[field];
      if (typeof value !== "string") throw badParameter(`${at}.${field}`, value, "a string");
    }
  }
}

/** Token ids as an array. Throws `BAD_PARAMETER` where they are none. */
export function readIds(parameter: string, ids: ArrayLike<number>): number[] {
  if (typeof ids !== "object" || typeof ids?.length !== "number") {
    throw badParameter(
      parameter,
      ids,
      parameter === "prompt" ? "a text or token ids" : "token ids",
    );
  }
  const array = Array.from(ids);
  const wrong = array.findIndex((id) => !Number.isSafeInteger(id) || id < 0);
  if (wrong === -1) return array;
  throw badParameter(`${parameter}[${wrong}]`, array[wrong], "a token id, an integer from 0");
}

function isRange(range: Range | Readonly<Record<string, Range>>): range is Range {
  return Array.isArray(range);
}

/** Throws `BAD_PARAMETER` where a value is not a number in the range. */
export function checkNumber(parameter: string, value: unknown, range: Range): void {
  const [min, max = Number.MAX_VALUE, kind] = range;
  const isKind = kind === "integer" ? Number.isSafeInteger(value) : Number.isFinite(value);
  const number = value as number;
  if (isKind && number <= max && (kind === "above" ? number > min : number >= min)) return;
  const least = kind === "above" ? `above ${min}` : `of at least ${min}`;
  const most = range[1] === undefined ? "" : ` and at most ${max}`;
  throw badParameter(
    parameter,
    value,
    `${kind === "integer" ? "an integer" : "a number"} ${least}${most}`,
  );
}

function checkRecord(name: string, value: unknown, ranges: Readonly<Record<string, Range>>): void {
  const others = name === "dry" ? ["breakers"] : [];
  refuseUnknownOptions(name, value, [...Object.keys(ranges), ...others]);
  const record = value as Readonly<Record<string, unknown>>;
  for (const [field, range] of Object.entries(ranges)) {
    const isMissing = record[field] === undefined && REQUIRED[name] !== field;
    if (!isMissing) checkNumber(`${name}.${field}`, record[field], range);
  }
  const { breakers } = record;
  if (breakers !== undefined && !(Array.isArray(breakers) && breakers.every(isText))) {
    throw badParameter("dry.breakers", breakers, "an array of strings that are not empty");
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isStop(value: unknown): boolean {
  return isText(value) || (Array.isArray(value) && value.every(isText));
}

function isAdapter(value: unknown): boolean {
  return isText(value) || (Array.isArray(value) && value.every(isAdapterChoice));
}

function isAdapterChoice(choice: unknown): boolean {
  const { name, scale = 1 } = isRecord(choice) ? choice : {};
  return isText(name) && Number.isFinite(scale);
}

function isLogitBias(value: unknown): boolean {
  const isEntry = ([id, bias]: [string, unknown]) =>
    /^\d+$/.test(id) && typeof bias === "number" && bias >= -100 && bias <= 100;
  return isRecord(value) && Object.entries(value).every(isEntry);
}
