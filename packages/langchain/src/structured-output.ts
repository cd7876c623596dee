import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import {
  assembleStructuredOutputPipeline,
  createContentParser,
} from "@langchain/core/language_models/structured_output";
import type { BaseMessage } from "@langchain/core/messages";
import type { Runnable } from "@langchain/core/runnables";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import {
  isSerializableSchema,
  type SerializableSchema,
} from "@langchain/core/utils/standard_schema";
import { type InteropZodType, isInteropZodSchema } from "@langchain/core/utils/types";
import { LangChainAdapterError } from "./error.ts";

/** A schema of Zod or of another library that follows Standard Schema, or a JSON schema. */
export type OutputSchema<Output> =
  | InteropZodType<Output>
  | SerializableSchema<Output>
  | Record<string, unknown>;

/** An answer with what was made of it. */
export interface RawAndParsed<Output> {
  raw: BaseMessage;
  parsed: Output;
}

/** How a schema is kept to. */
export function toJsonSchemaOption(
  schema: OutputSchema<Record<string, unknown>>,
  method: string | undefined,
): Record<string, unknown> {
  if (method === "jsonMode") return { type: "object" };
  if (method === undefined || method === "jsonSchema") {
    const isForeign = isInteropZodSchema(schema) || isSerializableSchema(schema);
    return { ...(isForeign ? toJsonSchema(schema) : schema) };
  }
  throw new LangChainAdapterError(
    "UNSUPPORTED_OPTION",
    `The method is "${method}": Llama 2 was not trained to call functions. Use "jsonSchema", the default, or "jsonMode".`,
  );
}

/** Puts the parser for a schema behind a model. */
export function parseOutput<Output extends Record<string, unknown>>(
  model: Runnable<BaseLanguageModelInput>,
  schema: OutputSchema<Output>,
  includeRaw: boolean | undefined,
): Runnable<BaseLanguageModelInput, Output | RawAndParsed<Output>> {
  const parser = createContentParser<Output>(schema);
  return assembleStructuredOutputPipeline(model, parser, includeRaw, "StructuredOutput");
}
