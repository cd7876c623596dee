import { existsSync } from "node:fs";
import { InvalidArgumentError } from "commander";

const UNITS: Readonly<Record<string, number>> = { "": 1, kb: 1e3, mb: 1e6, gb: 1e9 };

/** A number of bytes as people write it: `500MB`, `5 GB`, `1000`. */
export function parseBytes(text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([kmg]?b)?$/i.exec(text) ?? [];
  const bytes = Number(number) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
  if (number !== "" && bytes >= 1) return Math.floor(bytes);
  throw new InvalidArgumentError("It must be a size such as 500MB or 5GB.");
}

/** A finite number. */
export function parseScale(text: string): number {
  const scale = Number(text);
  if (text.trim() !== "" && Number.isFinite(scale)) return scale;
  throw new InvalidArgumentError("It must be a number.");
}

/** An adapter to merge: its path, and after an equals sign its scale. */
export interface AdapterArgument {
  readonly path: string;
  readonly scale?: number;
}

/** Adds `<path>` or `<path>=<scale>` to those before. What there is by the whole name is meant as a path. */
export function parseAdapter(
  text: string,
  before: readonly AdapterArgument[] = [],
): AdapterArgument[] {
  if (existsSync(text)) return [...before, { path: text }];
  const [, path = text, scale] = /^(.+)=(-?[\d.]+(?:e-?\d+)?)$/is.exec(text) ?? [];
  return [...before, scale === undefined ? { path } : { path, scale: parseScale(scale) }];
}
