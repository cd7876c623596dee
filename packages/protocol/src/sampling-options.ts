/**
 * How the next token is chosen. Every field is optional, and a backend documents its defaults.
 *
 * The order is llama.cpp's: `logitBias`, the penalties, `dry`, `topNSigma`, `topK`, `typicalP`, `topP`, `minP`,
 * `xtc`, `temperature`; each works on what the ones before it have left. A backend that cannot do one of them
 * refuses it, or says in the result's `warnings` that it left it out.
 */
export interface SamplingOptions {
  /** Randomness, from 0. 0 always takes the likeliest token; 1 samples the model's own distribution. */
  readonly temperature?: number | undefined;
  /** Lets the temperature follow how sure the model is. */
  readonly dynamicTemperature?: DynamicTemperature | undefined;
  /** Sample among the k likeliest tokens only, an integer from 0. 0 turns it off. */
  readonly topK?: number | undefined;
  /**
   * Sample among the likeliest tokens whose probabilities add up to this, above 0 and at most 1
   * (nucleus sampling, Holtzman et al. 2019). 1 turns it off.
   */
  readonly topP?: number | undefined;
  /**
   * Drop tokens less likely than this share of the likeliest one's probability, from 0 to 1
   * (min-p sampling, Nguyen et al. 2024). 0 turns it off.
   */
  readonly minP?: number | undefined;
  /**
   * Keep the tokens whose information is nearest to the distribution's entropy, until their probabilities add up to
   * this, above 0 and at most 1 (locally typical sampling, Meister et al. 2022). 1 turns it off.
   */
  readonly typicalP?: number | undefined;
  /**
   * Drop tokens whose logit is more than so many standard deviations below the highest one
   * (top-nσ, Tang et al. 2024), from 0. 0 turns it off.
   */
  readonly topNSigma?: number | undefined;
  /** Steers the text's surprise instead of cutting the distribution: with it, only the temperature applies. */
  readonly mirostat?: Mirostat | undefined;
  /** Drops the likeliest tokens now and then, for less predictable text. */
  readonly xtc?: ExcludeTopChoices | undefined;
  /**
   * Divide the logits of recent tokens by this (multiply, where negative), above 0
   * (CTRL, Keskar et al. 2019). 1 turns it off; 1.1 is a usual value.
   */
  readonly repeatPenalty?: number | undefined;
  /** Lower a recent token's logit by this for each time it occurred, from -2 to 2. 0 turns it off. */
  readonly frequencyPenalty?: number | undefined;
  /** Lower the logit of every recent token by this, from -2 to 2. 0 turns it off. */
  readonly presencePenalty?: number | undefined;
  /** How many of the last tokens the three penalties look at, an integer from 0. */
  readonly penaltyWindow?: number | undefined;
  /** Penalises going on with a sequence of tokens that occurred before. */
  readonly dry?: DontRepeatYourself | undefined;
  /** Added to the logits of tokens, by id: from -100, which bans a token, to 100. */
  readonly logitBias?: Readonly<Record<number, number>> | undefined;
  /**
   * Seed of the random choices, an integer from 0 to 4,294,967,294. Random where absent; the result reports
   * the seed that was used, so that a run can be repeated.
   */
  readonly seed?: number | undefined;
}

/**
 * A temperature between `temperature - range` and `temperature + range`: low where the model is sure, high where
 * it is not (EDT, Zhang et al. 2024; as in llama.cpp, by the distribution's normalised entropy).
 */
export interface DynamicTemperature {
  /** How far it moves from `temperature` either way, from 0. */
  readonly range: number;
  /** The curve from sure to unsure, above 0. 1, the default, is a straight line. */
  readonly exponent?: number | undefined;
}

/** Mirostat 2 (Basu et al. 2021). */
export interface Mirostat {
  /** The surprise to aim at, in bits, above 0. 5 by default. */
  readonly tau?: number | undefined;
  /** How fast it corrects itself, above 0 and at most 1. 0.1 by default. */
  readonly eta?: number | undefined;
}

/** Exclude top choices (p-e-w, 2024). */
export interface ExcludeTopChoices {
  /** How often it acts, from 0 to 1. */
  readonly probability: number;
  /** Of the tokens at least this likely, all but the least likely are dropped; from 0 to 0.5. 0.1 by default. */
  readonly threshold?: number | undefined;
}

/** "Don't repeat yourself" (p-e-w, 2023): the penalty is `multiplier * base ** (length - allowedLength)`. */
export interface DontRepeatYourself {
  /** Strength, from 0; 0.8 is a usual value. 0 turns it off. */
  readonly multiplier: number;
  /** How fast the penalty grows with the repeated sequence, at least 1. 1.75 by default. */
  readonly base?: number | undefined;
  /** Longest repeated sequence, in tokens, that is not penalised; an integer from 1. 2 by default. */
  readonly allowedLength?: number | undefined;
  /** How many of the last tokens are searched, an integer from 0. All of them by default. */
  readonly window?: number | undefined;
  /** A repeated sequence ends at these. A new line, `:`, `"` and `*` by default. */
  readonly breakers?: readonly string[] | undefined;
}
