import type { DownloadProgress } from "@llama2-kit/inference";
import { SingleBar } from "cli-progress";

/** Most redraws a second. */
const FRAMES_PER_SECOND = 10;

/** Shows how far a download has come, from its first news on. */
export class DownloadBar {
  readonly #stream: NodeJS.WriteStream;
  #bar: SingleBar | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** To be called as the download goes on. */
  readonly update = ({ downloadedBytes, totalBytes }: DownloadProgress): void => {
    if (totalBytes <= 0) return;
    this.#bar ??= this.#start(totalBytes, downloadedBytes);
    this.#bar.setTotal(totalBytes);
    this.#bar.update(downloadedBytes);
  };

  /** Leaves the bar as it is, and the terminal to others. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #start(totalBytes: number, downloadedBytes: number): SingleBar {
    const bar = new SingleBar({
      stream: this.#stream,
      fps: FRAMES_PER_SECOND,
      format: "Downloading {bar} {percentage} % of {total}, {eta_formatted} left",
      formatValue: (value, _options, type) =>
        type === "total" ? `${(value / 1e6).toFixed(0)} MB` : String(value),
      barCompleteChar: "█",
      barIncompleteChar: "░",
    });
    bar.start(totalBytes, downloadedBytes);
    return bar;
  }
}
