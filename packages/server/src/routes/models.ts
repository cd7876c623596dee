import type { OpenAIModelList } from "@llama2-kit/protocol";
import { badRequest } from "../error.ts";
import type { ServedModel } from "../model-directory.ts";
import { contextSizeOf } from "../model-facts.ts";
import type { RouteHandler, Service } from "../service.ts";

/** Where models are, one by one. */
export const MODELS_PATH = "/v1/models/";

/** `GET /v1/models` */
export const listModels: RouteHandler = (_, service) => {
  const data = service.models.list().map((served) => describeModel(served, service));
  return { json: { object: "list", data } satisfies OpenAIModelList };
};

/** `GET /v1/models/{id}`. Ids may have slashes in them. */
export const findModel: RouteHandler = (exchange, service) => {
  const id = decodePath(exchange.path.slice(MODELS_PATH.length));
  return { json: describeModel(service.models.find(id), service) };
};

function describeModel(served: ServedModel, { created }: Service) {
  const { name, model, parent } = served;
  const contextSize = contextSizeOf(model);
  return {
    id: name,
    object: "model" as const,
    created,
    owned_by: "llama2-kit",
    // As vLLM tells them.
    root: name,
    parent: parent ?? null,
    ...(contextSize !== undefined && { max_model_len: contextSize }),
  };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw badRequest("model", "The model's name in the path is not properly encoded.");
  }
}
