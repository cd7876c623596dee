import { resolve } from "node:path";
import { InferenceError } from "./error.ts";
import { askChecksum, locateFiles } from "./hub.ts";
import { verifyDownload } from "./verify-download.ts";
import { Watchdog } from "./watchdog.ts";

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
 * breaks off stays in the cache under another name, and the next attempt goes on where it stopped. What has been
 * downloaded is compared with the server's checksum, where it has one.
 *
 * @throws InferenceError `DOWNLOAD_FAILED` or `DOWNLOAD_CORRUPT`
 */
export async function download(uri: string, options: DownloadOptions): Promise<string> {
  const { cacheDir, onDownloadProgress, signal } = options;
  const { resolveModelFile } = await import("node-llama-cpp");
  const where = {
    cli: false,
    ...(cacheDir === undefined ? {} : { directory: resolve(cacheDir) }),
  };
  const cached = await resolveModelFile(uri, { ...where, download: false }).catch(() => undefined);
  if (cached !== undefined) return cached;
  const watchdog = new Watchdog(STALL_MS, signal);
  let downloadedBytes = 0;
  try {
    const checksums = await watchdog.guard(askChecksums(uri, watchdog.signal));
    const file = resolveModelFile(uri, {
      ...where,
      deleteTempFileOnCancel: false,
      signal: watchdog.signal,
      onProgress: ({ downloadedSize, totalSize }) => {
        if (downloadedSize === downloadedBytes) return;
        downloadedBytes = downloadedSize;
        watchdog.reset();
        onDownloadProgress?.({ downloadedBytes, totalBytes: totalSize });
      },
    });
    const path = await watchdog.guard(file);
    watchdog.stop();
    // A file that was there already is none of ours to judge.
    if (downloadedBytes > 0) await verifyAll(path, checksums, signal);
    return path;
  } catch (cause) {
    signal?.throwIfAborted();
    throw InferenceError.isInstance(cause) ? cause : downloadFailed(uri, cause);
  } finally {
    watchdog.stop();
  }
}

/** The checksums of a URI's files, each undefined where the server does not tell. */
async function askChecksums(uri: string, signal: AbortSignal): Promise<(string | undefined)[]> {
  const urls = await locateFiles(uri, signal);
  return Promise.all(urls.map((url) => askChecksum(url, signal)));
}

async function verifyAll(
  path: string,
  checksums: readonly (string | undefined)[],
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const [index, checksum] of checksums.entries()) {
    const number = String(index + 1).padStart(5, "0");
    const part = path.replace(/-00001-of-(\d{5}\.gguf)$/, `-${number}-of-$1`);
    if (checksum !== undefined) await verifyDownload(part, checksum, signal);
  }
}

function downloadFailed(uri: string, cause: unknown): InferenceError {
  const { reason, hint } = networkFailure(cause) ?? otherFailure(cause);
  const message = `Cannot download ${uri}: ${reason}.${hint}`;
  return new InferenceError("DOWNLOAD_FAILED", message, { cause });
}

/** What to say where the server could not be reached: `fetch` itself says "fetch failed". */
function networkFailure(error: unknown): { reason: string; hint: string } | undefined {
  const cause = error instanceof TypeError ? error.cause : undefined;
  if (!(cause instanceof Error)) return undefined;
  const { code = cause.message } = cause as NodeJS.ErrnoException;
  const hint = " Check that this machine is online, or give the path of a file that is here.";
  return { reason: `the server cannot be reached (${code})`, hint };
}

function otherFailure(cause: unknown): { reason: string; hint: string } {
  const message = cause instanceof Error ? cause.message : String(cause);
  const status = /status code: (\d+)/i.exec(message)?.[1];
  const reason = status === undefined ? message : `the server answered ${status}`;
  if (status === "401" || status === "403") {
    return { reason, hint: " It may need an access token: set HF_TOKEN." };
  }
  if (status === "404") return { reason, hint: " Check the repository's and the file's name." };
  return { reason, hint: "" };
}
