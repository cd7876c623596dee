import { APICallError } from "@ai-sdk/provider";
import { type ChatModel, Llama2KitError } from "@llama2-kit/protocol";

/** What an error of a request to a server tells of it. */
interface RequestFailure {
  readonly status?: unknown;
  readonly retryable?: unknown;
  readonly retryAfterMs?: unknown;
}

/**
 * Makes an error what the SDK expects. It retries `APICallError`s that say they may be retried, and nothing else.
 * So a server's failure becomes one, which says what our error says; everything else stays as it is, for trying
 * again does not help against a bad option, a prompt that is too long or a model that cannot be loaded.
 *
 * @param error - what a `ChatModel` failed with
 * @param model - the one that did
 * @returns an APICallError with ours as its `cause`, or the error itself
 */
export function toHostError(error: unknown, model: Pick<ChatModel, "id">): unknown {
  if (!Llama2KitError.isInstance(error)) return error;
  const { status, retryable, retryAfterMs } = error as RequestFailure;
  if (typeof status !== "number" && retryable !== true) return error;
  return new APICallError({
    message: error.message,
    // A ChatModel does not tell its address, nor what it sent there.
    url: model.id,
    requestBodyValues: {},
    isRetryable: retryable === true,
    cause: error,
    data: { code: error.code, partialText: error.partialText },
    ...(typeof status === "number" && { statusCode: status }),
    ...(typeof retryAfterMs === "number" && {
      responseHeaders: { "retry-after-ms": String(retryAfterMs) },
    }),
  });
}
