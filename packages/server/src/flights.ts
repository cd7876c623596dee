import type { ChatModel } from "@llama2-kit/protocol";
import type { ServedModel } from "./model-directory.ts";

/** A request under way, as far as the server as a whole is concerned. */
export interface Flight {
  /** The model that it is about, once that is known. */
  readonly served: ServedModel | undefined;
  /** Whether something is generated for it. */
  readonly isGenerating: boolean;
  /** Ends it early: its answer is to end properly, and soon. */
  stop(): void;
}

/** For the last events of what was stopped to be taken: a caller that reads nothing never takes them. */
const LAST_WORDS_MS = 2000;

/** Counts the requests that are under way, so that there are not too many, and so that the last one can be waited for. */
export class Flights {
  readonly #flights = new Set<Flight>();
  readonly #most: number;
  #isDraining = false;
  #onEmpty: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#flights.size;
  }

  get isFull(): boolean {
    return this.#flights.size >= this.#most;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  add(flight: Flight): void {
    this.#flights.add(flight);
  }

  /** Takes out one that has ended; does nothing where it was taken out before. */
  remove(flight: Flight): void {
    this.#flights.delete(flight);
    if (this.#flights.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  /** The adapters, empty for none, of each request that a model generates for. */
  generating(model: ChatModel): string[] {
    const its = [...this.#flights].filter(
      ({ served, isGenerating }) => isGenerating && served?.model === model,
    );
    return its.map(({ served }) => served?.adapter ?? "");
  }

  /**
   * Has everything that is asked for from now on refused, and waits for what is under way.
   *
   * @param deadlineMs - after so many milliseconds what is left is stopped
   */
  async drain(deadlineMs: number): Promise<void> {
    this.#isDraining = true;
    if (this.#flights.size === 0) return;
    await new Promise<void>((resolve) => {
      const stopAll = () => {
        for (const flight of [...this.#flights]) flight.stop();
        timer = setTimeout(resolve, LAST_WORDS_MS);
      };
      // A timer takes no more than 32 bits, and Infinity for 1.
      let timer = setTimeout(stopAll, Math.min(deadlineMs, 2 ** 31 - 1));
      this.#onEmpty.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
