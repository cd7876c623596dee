import type { GenerateOptions } from "@llama2-kit/protocol";
import { unsupported } from "../error.ts";
import type { Fields } from "../fields.ts";

/** Every token's text is compared with all of them. */
const MOST_STOP_STRINGS = 64;
const LONGEST_STOP_STRING = 1000;

/** @throws ServerError `BAD_REQUEST` */
export function readStop(fields: Fields): readonly string[] | undefined {
  const stop = fields.strings("stop");
  if (!stop || stop.length === 0) return undefined;
  const isTooLong = ({ length }: string) => length > LONGEST_STOP_STRING;
  if (stop.length <= MOST_STOP_STRINGS && !stop.some(isTooLong)) return stop;
  throw fields.wrong(
    "stop",
    `at most ${MOST_STOP_STRINGS} strings of at most ${LONGEST_STOP_STRING} characters`,
  );
}

/** Most tokens to generate; llama-server's, LM Studio's and Ollama's -1 is as many as fit. */
export function readMaxTokens(fields: Fields, ...names: string[]): number | undefined {
  for (const name of names) {
    const value = fields.integer(name);
    if (value !== undefined) return value < 0 ? undefined : value;
  }
  return undefined;
}

/** Mirostat by llama.cpp's names: version 0 is none, and only version 2 exists here. */
export function readMirostat(fields: Fields): GenerateOptions["mirostat"] {
  const version = fields.integer("mirostat", { min: 0, max: 2 });
  const tau = fields.number("mirostat_tau");
  const eta = fields.number("mirostat_eta");
  if (version === 1) {
    const path = fields.path("mirostat");
    throw unsupported(path, `${path} must be 0 or 2; it is 1: there is no Mirostat 1 here.`);
  }
  if (version !== 2) return undefined;
  return { ...(tau !== undefined && { tau }), ...(eta !== undefined && { eta }) };
}

/** Seeds of ours are from 0 to this, without it. */
const SEED_COUNT = 2 ** 32 - 1;

/** Reads a seed. Servers take any integer, and -1 for a random one. */
export function readSeed(fields: Fields): number | undefined {
  const seed = fields.integer("seed");
  return seed === undefined || seed === -1 ? undefined : fold(seed);
}

/** The seed of one of several answers: different ones for all, and the caller's own for the first. */
export function seedOf(seed: number | undefined, index: number): number | undefined {
  return seed === undefined ? undefined : fold(seed + index);
}

function fold(seed: number): number {
  return ((seed % SEED_COUNT) + SEED_COUNT) % SEED_COUNT;
}
