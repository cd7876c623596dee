import { answerSchemas } from "./answer-schemas.ts";
import { describeOperation, OPERATIONS } from "./paths.ts";
import { requestSchemas } from "./request-schemas.ts";

let description: object | undefined;

/** The description of the API, in OpenAPI 3.1. */
export function describeApi(): object {
  description ??= {
    openapi: "3.1.0",
    info: {
      title: "Llama 2",
      description: "OpenAI's API, and the main routes of Ollama and Text Generation Inference.",
      version: "1",
      license: { name: "MIT", identifier: "MIT" },
    },
    security: [{ key: [] }, {}],
    paths: describePaths(),
    components: {
      securitySchemes: { key: { type: "http", scheme: "bearer" } },
      schemas: { ...requestSchemas, ...answerSchemas },
    },
  };
  return description;
}

function describePaths(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describeOperation(operation),
    };
  }
  return paths;
}
