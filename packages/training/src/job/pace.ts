/** Steps that the pace is taken from: enough to be steady, few enough to follow a machine that gets slower. */
const WINDOW = 20;

/** Measures how fast a training goes. */
export class Pace {
  readonly #steps: { readonly tokens: number; readonly seconds: number }[] = [];
  #last = performance.now();

  /** Leaves out what happened since the last step: a checkpoint or an evaluation. */
  skip(): void {
    this.#last = performance.now();
  }

  step(tokens: number): void {
    const now = performance.now();
    this.#steps.push({ tokens, seconds: (now - this.#last) / 1000 });
    this.#last = now;
    if (this.#steps.length > WINDOW) this.#steps.shift();
  }

  get tokensPerSecond(): number {
    return this.#sum("tokens") / Math.max(this.#sum("seconds"), 1e-9);
  }

  get secondsPerStep(): number {
    return this.#sum("seconds") / Math.max(this.#steps.length, 1);
  }

  #sum(key: "tokens" | "seconds"): number {
    return this.#steps.reduce((sum, step) => sum + step[key], 0);
  }
}
