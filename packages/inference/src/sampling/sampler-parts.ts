import type { LlamaModel } from "node-llama-cpp";
import type { NativeSampling, SampledContext } from "./native-sampler.ts";
import type { SamplingParameters } from "./sampling-parameters.ts";
import type { TokenHistory } from "./token-history.ts";

/** What samplers are made of. */
export interface SamplerParts {
  readonly native: NativeSampling;
  readonly model: LlamaModel;
  readonly context: SampledContext;
  readonly parameters: SamplingParameters;
  readonly history: TokenHistory;
  /** What DRY takes from the logits; undefined where it is off. */
  readonly dry: DryRule | undefined;
}

/** DRY with the breakers of this model. */
interface DryRule {
  penalties(tokens: ArrayLike<number>): ReadonlyMap<number, number>;
}

/** A way to choose tokens. */
export interface TokenChooser {
  /** Returns the token, or -1 where none is left. */
  choose(logitIndex: number): Promise<number>;
  dispose(): void;
}
