/** What a person may set about how answers are generated. */
export interface Parameter {
  /** Its name on the wire, in OpenAI's protocol and what vLLM and llama-server add to it. */
  readonly field: string;
  readonly label: string;
  readonly group: ParameterGroup;
  /** One sentence for somebody who has never heard of it. */
  readonly about: string;
  readonly kind: "number" | "integer" | "text" | "lines";
  /** What the server takes where nothing is set; undefined for none. */
  readonly default?: number;
  readonly min?: number;
  readonly max?: number;
  /** Of the slider, where the range itself goes further than anybody wants. */
  readonly usualMax?: number;
  readonly step?: number;
  /** The parameter without which this one does nothing. */
  readonly needs?: string;
}

export type ParameterGroup = "Length" | "Sampling" | "Repetition" | "Special" | "Form";

/** The groups, in the order in which they are shown. */
export const GROUPS: readonly ParameterGroup[] = [
  "Length",
  "Sampling",
  "Repetition",
  "Special",
  "Form",
];

/** The values that are set, by field. What is absent is left to the server. */
export type ParameterValues = Readonly<Record<string, number | string>>;

type Row = Omit<Parameter, "group">;

const length: readonly Row[] = [
  {
    field: "max_tokens",
    label: "Most tokens",
    kind: "integer",
    min: 1,
    usualMax: 4096,
    about: "Ends an answer after so many tokens; unset, it may fill the context.",
  },
  {
    field: "stop",
    label: "Stop strings",
    kind: "lines",
    about: "Ends the answer before the first of these texts, one a line.",
  },
  {
    field: "seed",
    label: "Seed",
    kind: "integer",
    min: 0,
    max: 4_294_967_294,
    about:
      "The same seed repeats the same answer; unset, every answer draws a new one and tells it.",
  },
];

const sampling: readonly Row[] = [
  {
    field: "temperature",
    label: "Temperature",
    kind: "number",
    default: 0.6,
    min: 0,
    usualMax: 2,
    step: 0.05,
    about: "Randomness: 0 always takes the likeliest token, 1 follows the model's own odds.",
  },
  {
    field: "top_p",
    label: "Top-p",
    kind: "number",
    default: 0.9,
    min: 0.01,
    max: 1,
    step: 0.01,
    about: "Draws among the likeliest tokens that add up to this probability; 1 is off.",
  },
  {
    field: "top_k",
    label: "Top-k",
    kind: "integer",
    default: 40,
    min: 0,
    usualMax: 200,
    about: "Draws among this many of the likeliest tokens; 0 is off.",
  },
  {
    field: "min_p",
    label: "Min-p",
    kind: "number",
    default: 0,
    min: 0,
    max: 1,
    step: 0.01,
    about: "Drops tokens less likely than this share of the likeliest; 0 is off.",
  },
  {
    field: "typical_p",
    label: "Typical-p",
    kind: "number",
    default: 1,
    min: 0.01,
    max: 1,
    step: 0.01,
    about: "Keeps tokens that are about as surprising as is to be expected; 1 is off.",
  },
  {
    field: "top_n_sigma",
    label: "Top-nσ",
    kind: "number",
    default: 0,
    min: 0,
    usualMax: 5,
    step: 0.1,
    about: "Drops logits more than n standard deviations below the highest; 0 is off.",
  },
];

const repetition: readonly Row[] = [
  {
    field: "repeat_penalty",
    label: "Repeat penalty",
    kind: "number",
    default: 1,
    min: 0.01,
    usualMax: 2,
    step: 0.01,
    about: "Makes recent tokens less likely by this factor; 1 is off, 1.1 is usual.",
  },
  {
    field: "frequency_penalty",
    label: "Frequency penalty",
    kind: "number",
    default: 0,
    min: -2,
    max: 2,
    step: 0.05,
    about: "Takes this from a recent token's logit for each time it occurred.",
  },
  {
    field: "presence_penalty",
    label: "Presence penalty",
    kind: "number",
    default: 0,
    min: -2,
    max: 2,
    step: 0.05,
    about: "Takes this once from the logit of every recent token.",
  },
  {
    field: "repeat_last_n",
    label: "Penalty window",
    kind: "integer",
    default: 64,
    min: 0,
    usualMax: 4096,
    about: "How many of the last tokens these three penalties look at.",
  },
  {
    field: "dry_multiplier",
    label: "DRY",
    kind: "number",
    default: 0,
    min: 0,
    usualMax: 5,
    step: 0.05,
    about: "Penalises going on with a sequence that occurred before; 0 is off, 0.8 is usual.",
  },
  {
    field: "dry_base",
    label: "DRY base",
    kind: "number",
    default: 1.75,
    min: 1,
    usualMax: 4,
    step: 0.05,
    needs: "dry_multiplier",
    about: "How fast DRY's penalty grows with the length of the repetition.",
  },
  {
    field: "dry_allowed_length",
    label: "DRY allowed length",
    kind: "integer",
    default: 2,
    min: 1,
    usualMax: 20,
    needs: "dry_multiplier",
    about: "Repetitions of up to so many tokens go unpunished.",
  },
  {
    field: "dry_penalty_last_n",
    label: "DRY window",
    kind: "integer",
    min: 0,
    usualMax: 4096,
    needs: "dry_multiplier",
    about: "How many of the last tokens DRY searches; unset, all of them.",
  },
  {
    field: "dry_sequence_breakers",
    label: "DRY breakers",
    kind: "lines",
    needs: "dry_multiplier",
    about: 'A repetition ends at these texts, one a line; unset, at new lines and : " *.',
  },
];

const special: readonly Row[] = [
  {
    field: "dynatemp_range",
    label: "Dynamic temperature",
    kind: "number",
    default: 0,
    min: 0,
    usualMax: 2,
    step: 0.05,
    about: "Moves the temperature down by this where the model is sure, and up where it is not.",
  },
  {
    field: "dynatemp_exponent",
    label: "Dynamic exponent",
    kind: "number",
    default: 1,
    min: 0.01,
    usualMax: 4,
    step: 0.05,
    needs: "dynatemp_range",
    about: "The curve between sure and unsure; 1 is a straight line.",
  },
  {
    field: "xtc_probability",
    label: "XTC",
    kind: "number",
    default: 0,
    min: 0,
    max: 1,
    step: 0.05,
    about: "How often the likeliest choices are excluded, for less predictable text; 0 is off.",
  },
  {
    field: "xtc_threshold",
    label: "XTC threshold",
    kind: "number",
    default: 0.1,
    min: 0,
    max: 0.5,
    step: 0.01,
    needs: "xtc_probability",
    about: "XTC excludes all but the least likely of the tokens at least this likely.",
  },
  {
    field: "mirostat",
    label: "Mirostat",
    kind: "integer",
    default: 0,
    min: 0,
    max: 2,
    step: 2,
    about: "2 steers the text's surprise instead of cutting the odds; 0 is off.",
  },
  {
    field: "mirostat_tau",
    label: "Mirostat tau",
    kind: "number",
    default: 5,
    min: 0.1,
    usualMax: 10,
    step: 0.1,
    needs: "mirostat",
    about: "The surprise to aim at, in bits a token.",
  },
  {
    field: "mirostat_eta",
    label: "Mirostat eta",
    kind: "number",
    default: 0.1,
    min: 0.01,
    max: 1,
    step: 0.01,
    needs: "mirostat",
    about: "How fast Mirostat corrects itself.",
  },
  {
    field: "logit_bias",
    label: "Logit bias",
    kind: "lines",
    about: "Makes tokens likelier or bans them: a line “id: bias” each, from -100 to 100.",
  },
];

const form: readonly Row[] = [
  {
    field: "json_schema",
    label: "JSON schema",
    kind: "text",
    about: "The answer is JSON of this schema, whatever happens.",
  },
  {
    field: "grammar",
    label: "Grammar",
    kind: "text",
    about: "Only text that this GBNF grammar allows; not together with a JSON schema.",
  },
];

function inGroup(group: ParameterGroup, rows: readonly Row[]): Parameter[] {
  return rows.map((row) => ({ ...row, group }));
}

/** Every parameter, in the order in which they are shown. */
export const PARAMETERS: readonly Parameter[] = [
  ...inGroup("Length", length),
  ...inGroup("Sampling", sampling),
  ...inGroup("Repetition", repetition),
  ...inGroup("Special", special),
  ...inGroup("Form", form),
];
