import { resolve } from "node:path";
import { InferenceError } from "./error.ts";
import { follow } from "./follow.ts";

/** How far a download has come. */
export interface DownloadProgress {
  readonly downloadedBytes: number;
  readonly totalBytes: number;
}

/** Where downloads go, and who is told of them. */
export interface DownloadOptions {
  /** The folder for downloads: by default `~/.node-llama-cpp/models`, which node-llama-cpp's own tools use too. */
  readonly cacheDir?: string | undefined;
  /** Called as a download goes on. */
  readonly onDownloadProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Ends download and loading early: `loadModel` then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A download ends when nothing has come for so long. The library below would go on trying for ten minutes. */
const STALL_MS = 20_000;

/**
 * Returns the path of the file that a URI names, from the cache or else from the network. A download that
 * breaks off stays in the cache under another name, and the next attempt goes on where it stopped.
 *
 * @throws InferenceError `DOWNLOAD_FAILED`
 */
export async function download(
  uri: string,
  { cacheDir, onDownloadProgress, signal }: DownloadOptions,
): Promise<string> {
  const { resolveModelFile } = await import("node-llama-cpp");
  const watchdog = new Watchdog(STALL_MS, signal);
  let downloadedBytes = 0;
  const file = resolveModelFile(uri, {
    cli: false,
    deleteTempFileOnCancel: false,
    signal: watchdog.signal,
    onProgress: ({ downloadedSize, totalSize }) => {
      if (downloadedSize === downloadedBytes) return;
      downloadedBytes = downloadedSize;
      watchdog.reset();
      onDownloadProgress?.({ downloadedBytes, totalBytes: totalSize });
    },
    ...(cacheDir === undefined ? {} : { directory: resolve(cacheDir) }),
  });
  try {
    // The library looks at its signal only between two attempts, so we do not wait for it.
    return await Promise.race([file, watchdog.fired]);
  } catch (cause) {
    signal?.throwIfAborted();
    throw downloadFailed(uri, cause);
  } finally {
    watchdog.stop();
  }
}

function downloadFailed(uri: string, cause: unknown): InferenceError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const status = /status code: (\d+)/i.exec(message)?.[1];
  const reason = status === undefined ? message : `the server answered ${status}`;
  const hint =
    status === "401" || status === "403"
      ? " It may need an access token: set HF_TOKEN."
      : status === "404"
        ? " Check the repository's and the file's name."
        : "";
  return new InferenceError("DOWNLOAD_FAILED", `Cannot download ${uri}: ${reason}.${hint}`, {
    cause,
  });
}

/** Fires when it has not been reset for a while, or when the caller's signal fires. */
class Watchdog {
  readonly #abort = new AbortController();
  readonly #ms: number;
  readonly #letGo: () => void;
  /** Rejects when it fires. */
  readonly fired: Promise<never>;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, callerSignal: AbortSignal | undefined) {
    this.#ms = ms;
    this.fired = new Promise((_, reject) => {
      this.signal.addEventListener("abort", () => reject(this.signal.reason));
    });
    this.fired.catch(() => {});
    this.#letGo = follow(this.#abort, callerSignal);
    this.reset();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  reset(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const stalled = `nothing has come for ${this.#ms / 1000} s; check the network and try again, it goes on where it stopped`;
      this.#abort.abort(new Error(stalled));
    }, this.#ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#letGo();
  }
}
