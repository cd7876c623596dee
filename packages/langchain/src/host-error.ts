import { ContextOverflowError } from "@langchain/core/errors";
import { Llama2KitError } from "@llama2-kit/protocol";

/** Where LangChain notes whether an error is worth trying again. */
const RETRYABLE = Symbol.for("langchain.errors.retryable");

/**
 * Makes an error what LangChain looks for: a prompt that is too long becomes a `ContextOverflowError` with ours as its
 * `cause`. Every other error stays as it is; where it says whether trying again may help, so it does to LangChain.
 */
export function toHostError(error: unknown): unknown {
  if (!Llama2KitError.isInstance(error)) return error;
  if (error.code === "CONTEXT_OVERFLOW") return ContextOverflowError.fromError(error);
  const retryable = retryableOf(error);
  if (retryable === undefined) return error;
  return Object.defineProperty(error, RETRYABLE, { value: retryable, configurable: true });
}

/**
 * Ends LangChain's retries by throwing, unless the error itself says that trying again may help (those of a server do),
 * and no token has been handed on.
 */
export function stopPointlessRetry(error: unknown): void {
  const isWorthIt =
    Llama2KitError.isInstance(error) && retryableOf(error) === true && error.partialText === "";
  if (!isWorthIt) throw error;
}

function retryableOf(error: Llama2KitError): boolean | undefined {
  const { retryable } = error as { readonly retryable?: unknown };
  return typeof retryable === "boolean" ? retryable : undefined;
}
