import { CandidateReader, type ReadCandidates } from "./candidate-reader.ts";
import { cutCandidates } from "./cut.ts";
import { draw } from "./draw.ts";
import type { GrammarState } from "./grammar-state.ts";
import { firstMirostatBound, mirostat } from "./mirostat.ts";
import { isGreedy } from "./native-config.ts";
import { MersenneTwister } from "./random.ts";
import type { SamplerParts, TokenChooser } from "./sampler-parts.ts";
import { applyDynamicTemperature, applyTemperature } from "./temperature.ts";

/** A token, and what Mirostat goes on with after it. */
interface Choice {
  /** -1 where none is left. */
  readonly token: number;
  readonly bound: number;
}

/** Chooses with the samplers of this package, among candidates that llama.cpp has biased and penalised. */
export class ScriptedTokenSampler implements TokenChooser {
  readonly #parts: SamplerParts;
  readonly #grammar: GrammarState | undefined;
  readonly #reader: CandidateReader;
  readonly #random: MersenneTwister;
  /** XTC has random numbers of its own in llama.cpp. */
  readonly #xtcRandom: MersenneTwister;
  #bound: number;

  constructor(parts: SamplerParts, grammar: GrammarState | undefined) {
    this.#parts = parts;
    this.#grammar = grammar;
    this.#reader = new CandidateReader(parts);
    const { seed, mirostat: parameters } = parts.parameters;
    this.#random = new MersenneTwister(seed);
    this.#xtcRandom = new MersenneTwister(seed);
    this.#bound = parameters ? firstMirostatBound(parameters) : 0;
  }

  /** As llama.cpp's `common_sampler_sample`: asks the grammar about one token, and about all only if it refuses. */
  async choose(logitIndex: number): Promise<number> {
    let choice = this.#draw(await this.#reader.read(logitIndex));
    if (this.#grammar && !(choice.token >= 0 && this.#grammar.allows(choice.token))) {
      choice = this.#draw(await this.#reader.read(logitIndex, this.#grammar.copy()));
    }
    if (choice.token < 0) return -1;
    this.#bound = choice.bound;
    this.#grammar?.accept(choice.token);
    this.#parts.history.push(choice.token);
    return choice.token;
  }

  dispose(): void {
    this.#reader.dispose();
  }

  #draw({ candidates, cut }: ReadCandidates): Choice {
    const { temperature, dynamicTemperature, ...parameters } = this.#parts.parameters;
    const random = () => this.#random.double();
    if (parameters.mirostat) {
      const heated = applyTemperature(candidates, temperature);
      const { left, place, bound } = mirostat(heated, parameters.mirostat, this.#bound, random);
      return { token: left.ids[place] ?? -1, bound };
    }
    const left = isGreedy(this.#parts.parameters)
      ? candidates
      : cutCandidates(candidates, cut, () => this.#xtcRandom.float());
    const heated = dynamicTemperature
      ? applyDynamicTemperature(left, temperature, dynamicTemperature)
      : applyTemperature(left, temperature);
    return { token: heated.ids[draw(heated, random())] ?? -1, bound: this.#bound };
  }
}
