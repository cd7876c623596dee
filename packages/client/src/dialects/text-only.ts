import type { Dialect } from "../dialect.ts";
import { ClientError } from "../error.ts";

/** A dialect whose servers take a prompt as text alone. */
export function textOnly(dialect: Dialect): Dialect {
  return {
    ...dialect,
    complete(prompt, request) {
      if (typeof prompt === "string") return dialect.complete(prompt, request);
      throw new ClientError(
        "UNSUPPORTED",
        `${dialect.name} takes a prompt as text, not as token ids. Pass the text, or with formatPrompt return it.`,
        { parameter: "prompt" },
      );
    },
  };
}
