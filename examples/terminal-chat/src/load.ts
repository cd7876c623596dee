import type { LocalModel } from "@llama2-kit/inference";
import { DownloadBar } from "./download-bar.ts";
import type { ChatOptions } from "./options.ts";

/** Below this, in milliseconds, a model that loads needs no announcement. */
const PATIENCE = 1500;

/**
 * Loads the model that was asked for, having downloaded it where it is not there yet. Tells of its progress on
 * stderr, if that is a terminal.
 *
 * @throws InferenceError
 */
export async function loadChatModel(
  options: ChatOptions,
  signal: AbortSignal,
): Promise<LocalModel> {
  // Here and not at the top, so that --help and wrong options are answered at once.
  const [{ loadModel }, path] = await Promise.all([
    import("@llama2-kit/inference"),
    options.model ?? import("@llama2-kit/cria").then(({ criaModelPath }) => criaModelPath),
  ]);
  const { contextSize, gpu, threads, cacheDir } = options;
  const progress = process.stderr.isTTY ? showProgress(process.stderr) : undefined;
  try {
    return await loadModel({
      model: path,
      contextSize,
      gpu,
      threads,
      cacheDir,
      onDownloadProgress: progress?.downloading,
      onLoadProgress: progress?.loading,
      signal,
    });
  } finally {
    progress?.end();
  }
}

interface Progress {
  readonly downloading: DownloadBar["update"];
  readonly loading: () => void;
  readonly end: () => void;
}

function showProgress(stream: NodeJS.WriteStream): Progress {
  const bar = new DownloadBar(stream);
  let announcement: NodeJS.Timeout | undefined;
  let announced = false;
  const announce = () => {
    stream.write("Loading the model …");
    announced = true;
  };
  return {
    downloading: bar.update,
    loading: () => {
      bar.stop();
      announcement ??= setTimeout(announce, PATIENCE);
    },
    end: () => {
      bar.stop();
      clearTimeout(announcement);
      if (announced) stream.write("\r\u001b[K");
    },
  };
}
