import { invalidOption } from "./options.ts";

/**
 * @param options - as the caller passed them
 * @throws PromptError with code `INVALID_OPTION` if they are no object, such as null, for which no default steps in
 */
export function requireOptions(options: unknown): void {
  if (typeof options !== "object" || options === null) {
    throw invalidOption("options", options, "an object, or leave it out");
  }
}
