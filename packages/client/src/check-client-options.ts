import { badParameter, isRecord, refuseUnknownOptions } from "./describe.ts";
import { checkNumber, readIds } from "./generate-options.ts";
import type { CommonOptions, FormatPrompt } from "./options.ts";
import { RETRIES, TIMEOUTS } from "./settings.ts";

type Check = readonly [allowed: string, isAllowed: (value: unknown) => boolean];

/** What each option must be. */
const checks = (): { readonly [Name in keyof CommonOptions]-?: Check } => ({
  baseUrl: [
    "an address of HTTP, such as http://localhost:8000/v1, or several",
    (value) =>
      Array.isArray(value) ? value.length > 0 && value.every(isAddress) : isAddress(value),
  ],
  apiKey: [
    "a string that can be sent in a header, or a function that returns one",
    (value) => isFunction(value) || (isString(value) && areHeaders({ key: value })),
  ],
  keyScheme: ['"bearer", "plain" or "api-key"', isOneOf("bearer", "plain", "api-key")],
  model: ["a string that is not empty", isString],
  id: ["a string that is not empty", isString],
  headers: [
    "an object of strings that can be sent",
    (value) => isRecord(value) && areHeaders(value),
  ],
  fetch: ["a function", isFunction],
  timeouts: ["an object", isRecord],
  retries: ["a number or an object", (value) => typeof value === "number" || isRecord(value)],
  unsupported: ['"error" or "warn"', isOneOf("error", "warn")],
  formatPrompt: ["a function", isFunction],
  extraBody: ["an object", isRecord],
  resume: ["true or false", isOneOf(true, false)],
});

/**
 * Checks what a client is made with.
 *
 * @param others - names of further options
 * @throws ClientError `BAD_PARAMETER`
 */
export function checkClientOptions(options: CommonOptions, others: readonly string[]): void {
  const all = checks();
  refuseUnknownOptions("options", options, [...Object.keys(all), ...others]);
  for (const [name, [allowed, isAllowed]] of Object.entries(all)) {
    const value: unknown = options[name as keyof CommonOptions];
    const isAbsent = value === undefined && name !== "baseUrl";
    // A key is nothing to show in a message.
    const shown = name === "apiKey" && isString(value) ? "another string" : value;
    if (!isAbsent && !isAllowed(value)) throw badParameter(name, shown, allowed);
  }
  checkNumbers("timeouts", options.timeouts, Object.keys(TIMEOUTS));
  if (typeof options.retries === "number") checkNumber("retries", options.retries, [0]);
  else checkNumbers("retries", options.retries, Object.keys(RETRIES));
}

/**
 * A formatter whose prompts are checked as those of `complete` are.
 *
 * @throws ClientError `BAD_PARAMETER`, when it is called, where it makes neither a text nor ids
 */
export function checkFormatter(formatPrompt: FormatPrompt): FormatPrompt {
  return async (messages, options) => {
    const prompt = await formatPrompt(messages, options);
    return typeof prompt === "string" ? prompt : readIds("formatPrompt", prompt);
  };
}

function checkNumbers(name: string, numbers: object | undefined, known: readonly string[]): void {
  if (numbers === undefined) return;
  refuseUnknownOptions(name, numbers, known);
  for (const [key, value] of Object.entries(numbers)) {
    if (value === undefined || value === Number.POSITIVE_INFINITY) continue;
    checkNumber(`${name}.${key}`, value, [0]);
  }
}

function isAddress(value: unknown): boolean {
  if (typeof value !== "string") return false;
  try {
    return /^https?:$/.test(new URL(value, globalThis.location?.href).protocol);
  } catch {
    return false;
  }
}

function areHeaders(value: object): boolean {
  try {
    new Headers(value as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

function isString(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

function isOneOf(...allowed: readonly unknown[]): (value: unknown) => boolean {
  return (value) => allowed.includes(value);
}
