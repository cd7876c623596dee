import { type SamplingOptions, samplingPresets } from "@llama2-kit/protocol";
import type { ParameterValues } from "./table.ts";

/** Values that go together. */
export interface Preset {
  readonly name: string;
  readonly about: string;
  readonly values: ParameterValues;
}

/** What the presets' options are called on the wire. */
const FIELDS: Readonly<Record<string, string>> = {
  temperature: "temperature",
  topK: "top_k",
  topP: "top_p",
  minP: "min_p",
};

function toValues(options: SamplingOptions): ParameterValues {
  const entries = Object.entries(options).map(([name, value]) => [FIELDS[name] ?? name, value]);
  return Object.fromEntries(entries);
}

export const PRESETS: readonly Preset[] = [
  {
    name: "Precise",
    about: "Facts, code, translation: close to the likeliest answer.",
    values: toValues(samplingPresets.precise),
  },
  {
    name: "Balanced",
    about: "Conversation: the defaults, as Meta ran Llama 2 Chat.",
    values: toValues(samplingPresets.balanced),
  },
  {
    name: "Creative",
    about: "Stories and ideas: the model's own odds without what is far-fetched.",
    values: toValues(samplingPresets.creative),
  },
];

/** The fields that presets set. */
const PRESET_FIELDS = [...new Set(PRESETS.flatMap(({ values }) => Object.keys(values)))];

/** Takes a preset's values in place of those that presets set, and leaves the rest. */
export function applyPreset(values: ParameterValues, preset: Preset): ParameterValues {
  const others = Object.entries(values).filter(([field]) => !PRESET_FIELDS.includes(field));
  return { ...Object.fromEntries(others), ...preset.values };
}

/** The name of the preset that values come to; "Custom" where they come to none, "Balanced" where nothing is set. */
export function presetOf(values: ParameterValues): string {
  const changed = Object.keys(values).filter((field) => field !== "seed" && field !== "max_tokens");
  if (changed.length === 0) return "Balanced";
  const isSame = ({ values: own }: Preset): boolean =>
    changed.length === Object.keys(own).length &&
    changed.every((field) => values[field] === own[field]);
  return PRESETS.find(isSame)?.name ?? "Custom";
}
