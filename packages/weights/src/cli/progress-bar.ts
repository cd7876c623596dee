import { SingleBar } from "cli-progress";
import type { Progress } from "../tensors/write-options.ts";
import { formatBytes } from "./format.ts";

/** Most redraws a second. */
const FRAMES_PER_SECOND = 10;

/** Shows how far a long piece of work has come, from its first news on. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  readonly #verb: string;
  #bar: SingleBar | undefined;

  constructor(stream: NodeJS.WriteStream, verb: string) {
    this.#stream = stream;
    this.#verb = verb;
  }

  /** To be called as the work goes on. */
  readonly update = ({ done, total }: Progress): void => {
    if (total <= 0) return;
    this.#bar ??= this.#start(total);
    this.#bar.setTotal(total);
    this.#bar.update(done);
  };

  /** Leaves the bar as it is, and the terminal to others. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #start(total: number): SingleBar {
    const bar = new SingleBar({
      stream: this.#stream,
      fps: FRAMES_PER_SECOND,
      format: `${this.#verb} {bar} {percentage} % of {total}, {eta_formatted} left`,
      formatValue: (value, _options, type) =>
        type === "total" ? formatBytes(value) : String(value),
      barCompleteChar: "█",
      barIncompleteChar: "░",
    });
    bar.start(total, 0);
    return bar;
  }
}
