import { InvalidArgumentError } from "commander";
import type { LinearName } from "../model/sizes.ts";

/** A finite number, such as `2e-4`. What else it must be, the training checks. */
export function parseNumber(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number)) return number;
  throw new InvalidArgumentError("It must be a number.");
}

/** Names of layers with commas between them, or `all-linear`. */
export function parseTargets(text: string): readonly LinearName[] | "all-linear" {
  return text === "all-linear"
    ? text
    : (text.split(",").map((name) => name.trim()) as LinearName[]);
}
