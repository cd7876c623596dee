import { Llama2KitError } from "@llama2-kit/protocol";
import type { AppError } from "../src/app-api.ts";

/** What the user is told of an error: it is the user's own machine, so all of it. */
export function describeError(error: unknown): AppError {
  if (Llama2KitError.isInstance(error)) return { code: error.code, message: error.message };
  return { code: "FAILED", message: error instanceof Error ? error.message : String(error) };
}
