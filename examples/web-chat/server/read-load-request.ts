import { Fields, type JsonObject, ServerError } from "@llama2-kit/server/routes";
import type { LoadRequest } from "../src/app-api.ts";

/** Longer than any path or address, and short enough to show. */
const LONGEST_SOURCE = 4096;

/** llama.cpp keeps a context's adapters in a list that it goes through for every batch. */
const MOST_ADAPTERS = 64;

/**
 * Reads what is to be loaded. Whether there is such a file is found out in loading.
 *
 * @throws ServerError `BAD_REQUEST`
 */
export function readLoadRequest(fields: Fields): LoadRequest {
  const contextSize = fields.integer("contextSize", { min: 8 });
  const adapters = fields.array("adapters") ?? [];
  if (adapters.length > MOST_ADAPTERS) {
    throw fields.wrong("adapters", `an array of at most ${MOST_ADAPTERS} adapters`);
  }
  return {
    model: readSource(fields, "model"),
    ...(contextSize !== undefined && { contextSize }),
    adapters: adapters.map(readAdapter),
  };
}

function readAdapter(value: unknown, index: number) {
  const path = `adapters[${index}]`;
  if (typeof value !== "object" || value === null) {
    const message = `${path} must be an object with a name and a path.`;
    throw new ServerError("BAD_REQUEST", message, { parameter: path });
  }
  const fields = new Fields(value as JsonObject, `${path}.`);
  const scale = fields.number("scale");
  return {
    name: readSource(fields, "name"),
    path: readSource(fields, "path"),
    ...(scale !== undefined && { scale }),
  };
}

function readSource(fields: Fields, name: string): string {
  const text = fields.string(name)?.trim();
  if (text !== undefined && text !== "" && text.length <= LONGEST_SOURCE) return text;
  throw fields.wrong(name, `a text of 1 to ${LONGEST_SOURCE} characters`);
}
