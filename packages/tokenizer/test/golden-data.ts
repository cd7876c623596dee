import { readFileSync } from "node:fs";

/** `fixtures/golden.json`, which its README describes. */
export const golden: {
  readonly encode: readonly [text: string, ids: number[], decoded?: string][];
  readonly decode: readonly [ids: number[], text: string][];
} = JSON.parse(readFileSync(new URL("fixtures/golden.json", import.meta.url), "utf8"));
