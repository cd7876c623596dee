import { InferenceError } from "./error.ts";
import { invalidModel, truncated } from "./model-header.ts";

/**
 * Whether a failed load can be explained: the error says more than "Failed to load model", or llama.cpp's log came
 * to us.
 */
export function tellsWhy(log: readonly string[], cause: unknown): boolean {
  const isGeneric = cause instanceof Error && cause.message === "Failed to load model";
  return !isGeneric || log.some((line) => /llama_model_load|gguf_init/.test(line));
}

/**
 * Makes a typed error of a failed load. node-llama-cpp mostly says "Failed to load model" and no more: the
 * reason is in llama.cpp's log.
 */
export async function explainLoadFailure(
  path: string,
  log: readonly string[],
  cause: unknown,
): Promise<InferenceError> {
  const { InsufficientMemoryError } = await import("node-llama-cpp");
  const lines = log.join("\n");
  const message = cause instanceof Error ? cause.message : String(cause);

  const architecture = /unknown model architecture: '([^']*)'/.exec(lines)?.[1];
  if (architecture !== undefined) {
    return new InferenceError(
      "UNSUPPORTED_ARCHITECTURE",
      `${path} has the architecture ${JSON.stringify(architecture)}, which llama.cpp does not know.`,
      { cause },
    );
  }

  const weights = /tensor '([^']*)' has invalid data/.exec(lines)?.[1];
  if (weights !== undefined) {
    return new InferenceError(
      "INVALID_WEIGHTS",
      `${path} has weights that are no numbers (NaN or infinite), in tensor ${weights}: it was converted or trained ` +
        "wrongly, or damaged. Download or convert it again, or load it with checkTensors: false.",
      { cause },
    );
  }

  const wrong =
    /error loading model: (missing tensor .*|check_tensor_dims: .*|error loading model (?:hyperparameters|vocabulary): .*)/.exec(
      lines,
    )?.[1];
  if (wrong !== undefined) return invalidModel(path, wrong, cause);

  const outOfBounds = /tensor '([^']*)' data is not within the file bounds/.exec(lines)?.[1];
  if (outOfBounds !== undefined)
    return truncated(path, `tensor ${outOfBounds} is incomplete`, cause);

  const unreadable = /failed to read (header|key-value pairs|tensor info|tensor data)/.exec(
    lines,
  )?.[1];
  if (unreadable !== undefined) return truncated(path, `its ${unreadable} cannot be read`, cause);
  // A length in the header that no file can have.
  if (cause instanceof RangeError)
    return truncated(path, "a length in its header is impossible", cause);

  if (cause instanceof InsufficientMemoryError) {
    return new InferenceError(
      "OUT_OF_MEMORY",
      `${path} does not fit into memory: ${message}. Use a smaller quantization or a smaller contextSize.`,
      { cause },
    );
  }
  return new InferenceError(
    "MODEL_LOAD_FAILED",
    `${path} could not be loaded: ${reasonIn(log) ?? message}.`,
    { cause },
  );
}

/** The most telling line of llama.cpp's log, without the function that wrote it. */
function reasonIn(log: readonly string[]): string | undefined {
  const line = log.find((entry) => entry.includes("error loading model:")) ?? log[0];
  return line?.replace(/^.*error loading model: |^\w+: /, "");
}
