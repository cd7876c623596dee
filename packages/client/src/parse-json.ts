import { ClientError } from "./error.ts";

const LONGEST_QUOTE = 80;

/**
 * The value of a JSON text.
 *
 * @throws ClientError `BAD_RESPONSE`, which quotes its beginning
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const quote = JSON.stringify(text.slice(0, LONGEST_QUOTE));
    throw new ClientError("BAD_RESPONSE", `The server sent what is not JSON: ${quote}.`, { cause });
  }
}
