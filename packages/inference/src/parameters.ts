import { InferenceError } from "./error.ts";

/** The values that a number option may have. */
interface NumberRange {
  readonly min: number;
  readonly max?: number;
  readonly integer?: boolean;
  /** `min` itself is not allowed. */
  readonly above?: boolean;
}

/** Returns a number option's value, or its default; throws where it is not a number in the range. */
export function readNumber(
  parameter: string,
  value: unknown,
  range: NumberRange,
  fallback: number,
): number {
  if (value === undefined) return fallback;
  if (typeof value === "number" && isWithin(value, range)) return value;
  throw badParameter(parameter, value, describeRange(range));
}

function isWithin(value: number, { min, max, integer, above }: NumberRange): boolean {
  if (integer ? !Number.isSafeInteger(value) : !Number.isFinite(value)) return false;
  return (above ? value > min : value >= min) && (max === undefined || value <= max);
}

function describeRange({ min, max, integer, above }: NumberRange): string {
  const kind = integer ? "an integer" : "a number";
  const lower = above ? `above ${min}` : `of at least ${min}`;
  if (max === undefined) return `${kind} ${lower}`;
  return above ? `${kind} above ${min} and at most ${max}` : `${kind} from ${min} to ${max}`;
}

/** Returns the signal among the options, if what stands there is one. */
export function readSignal(options: { readonly signal?: unknown } | null): AbortSignal | undefined {
  const signal = options?.signal as AbortSignal | undefined;
  const isSignal =
    typeof signal?.aborted === "boolean" &&
    typeof signal.addEventListener === "function" &&
    typeof signal.removeEventListener === "function";
  return isSignal ? signal : undefined;
}

/** Throws where an object has a key that is not among the known ones: most often a misspelt option. */
export function refuseUnknownOptions(options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw badParameter("options", options, "an object");
  }
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new InferenceError(
    "BAD_PARAMETER",
    `There is no option ${JSON.stringify(unknown)}. The options are ${known.join(", ")}.`,
    { parameter: unknown },
  );
}

/** The error for an option's bad value: which option, which value, and what it may be. */
export function badParameter(parameter: string, value: unknown, allowed: string): InferenceError {
  return new InferenceError(
    "BAD_PARAMETER",
    `${parameter} must be ${allowed}; it is ${describeValue(value)}.`,
    { parameter },
  );
}

const LONGEST_SHOWN_VALUE = 60;

/** Not `String(value)`, which fails for some objects and tells nothing of the others. */
function describeValue(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > LONGEST_SHOWN_VALUE ? `${text.slice(0, LONGEST_SHOWN_VALUE)}…` : text;
}
