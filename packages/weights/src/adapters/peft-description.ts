import { type LoraPair, listTargets } from "./adapter.ts";
import type { AdapterBase } from "./adapter-base.ts";

/** An `adapter_config.json` for an adapter's pairs. */
export function describePeft(
  pairs: readonly LoraPair[],
  base: AdapterBase,
  baseModel: string | undefined,
): Readonly<Record<string, unknown>> {
  const ranks = new Map(pairs.map((pair) => [moduleOf(pair), pair.rank]));
  const alphas = new Map(pairs.map((pair) => [moduleOf(pair), pair.alpha]));
  const rank = mostCommon(ranks);
  const alpha = mostCommon(alphas);
  return {
    alpha_pattern: othersThan(alphas, alpha),
    auto_mapping: null,
    base_model_name_or_path: baseModel ?? null,
    bias: "none",
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: alpha,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: "LORA",
    r: rank,
    rank_pattern: othersThan(ranks, rank),
    revision: null,
    target_modules: listModules(pairs, base),
    task_type: "CAUSAL_LM",
    use_dora: false,
    use_rslora: false,
  };
}

function moduleOf({ target }: LoraPair): string {
  return target.huggingFace.slice(0, -".weight".length);
}

function mostCommon(values: ReadonlyMap<string, number>): number {
  const counts = new Map<number, number>();
  for (const value of values.values()) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most?.[0] ?? 1;
}

function othersThan(values: ReadonlyMap<string, number>, usual: number): Record<string, number> {
  return Object.fromEntries([...values].filter(([, value]) => value !== usual));
}

/** Short names such as `q_proj` where every layer has its pair, as PEFT takes them for all layers; full ones otherwise. */
function listModules(pairs: readonly LoraPair[], base: AdapterBase): string[] {
  const changed = new Set(pairs.map(moduleOf));
  const all = [...listTargets(base, "huggingFace").keys()].map((name) => name.slice(0, -7));
  const short = (module: string) => module.split(".").at(-1) ?? module;
  const isEverywhere = (module: string) =>
    all.every((other) => short(other) !== short(module) || changed.has(other));
  const names = [...changed].map((module) => (isEverywhere(module) ? short(module) : module));
  return [...new Set(names)];
}
