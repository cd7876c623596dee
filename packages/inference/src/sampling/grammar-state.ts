import type { LlamaModel } from "node-llama-cpp";
import type { NativeGrammarState, NativeSampling } from "./native-sampler.ts";

/** How far one generation has come in its grammar. */
export class GrammarState {
  /** A native sampler that is given this moves it on by the tokens it takes. */
  readonly native: NativeGrammarState;
  readonly #classes: NativeSampling;
  readonly #model: LlamaModel;

  /** @param start - the state at the grammar's start, which stays as it is */
  constructor(classes: NativeSampling, model: LlamaModel, start: NativeGrammarState) {
    this.#classes = classes;
    this.#model = model;
    this.native = new classes.AddonGrammarEvaluationState(start);
  }

  /** Whether the grammar allows a token here. */
  allows(token: number): boolean {
    return this.#classes.AddonSampler.canBeNextTokenForGrammarEvaluationState(this.native, token);
  }

  /** Moves on by a token that the grammar allows. */
  accept(token: number): void {
    // A grammar ends without a token of its own for the end.
    if (this.#model.isEogToken(token as never)) return;
    this.#classes.AddonSampler.acceptGrammarEvaluationStateToken(this.native, token);
  }

  /** A copy to look ahead with. */
  copy(): NativeGrammarState {
    return new this.#classes.AddonGrammarEvaluationState(this.native);
  }
}
