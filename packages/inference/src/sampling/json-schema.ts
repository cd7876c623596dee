import type { GbnfJsonSchema, GbnfJsonSchemaToType } from "node-llama-cpp";
import { InferenceError } from "../error.ts";

/**
 * A JSON schema that answers can be held to: `type` (a string, number, integer, boolean or null, or several of
 * these; an object; an array), `const`, `enum`, `oneOf`, `$ref` to `#/$defs/…`.
 *
 * Strings know `minLength`, `maxLength` and `format` (`date`, `time`, `date-time`); arrays `items`, `prefixItems`,
 * `minItems`, `maxItems`; objects `properties`, `additionalProperties`, `minProperties`, `maxProperties`. An answer
 * always has all of the properties, in their order.
 */
export type JsonSchema = GbnfJsonSchema;

/** The type of what a {@link JsonSchema} describes. Write the schema `as const`, or in the call itself. */
export type JsonOf<Schema> = GbnfJsonSchemaToType<Schema>;

/**
 * Reads an answer that was held to a JSON schema.
 *
 * @param text - the whole answer
 * @throws InferenceError `INCOMPLETE_JSON` where it ended before the JSON did
 */
export function parseJsonAnswer<const Schema extends JsonSchema>(
  text: string,
  _schema: Schema,
): JsonOf<Schema> {
  try {
    return JSON.parse(text) as JsonOf<Schema>;
  } catch (cause) {
    const shown = text.length > 60 ? `…${text.slice(-60)}` : text;
    throw new InferenceError(
      "INCOMPLETE_JSON",
      `The answer ended before its JSON did: ${JSON.stringify(shown)}. Allow more tokens, or limit the lengths in the schema.`,
      { cause },
    );
  }
}
