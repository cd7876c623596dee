import { ServerError } from "./error.ts";
import { type ErrorBody, ollamaError, openAIError, tgiError } from "./error-bodies.ts";
import { chatCompletions } from "./routes/chat-completions.ts";
import { completions } from "./routes/completions.ts";
import { embeddings } from "./routes/embeddings.ts";
import { findModel, listModels, MODELS_PATH } from "./routes/models.ts";
import { ollamaChat, ollamaTags } from "./routes/ollama.ts";
import { health, metrics, openApi, ready } from "./routes/operations.ts";
import { tgiGenerate, tgiGenerateStream, tgiRoot } from "./routes/tgi.ts";
import { applyTemplate, detokenize, tokenize } from "./routes/tokens.ts";
import type { RouteHandler } from "./service.ts";

/** What answers a path. */
export interface Route {
  readonly method: "GET" | "POST";
  /** Its name in logs, metrics and the description; a path, or where it is one of many, a pattern. */
  readonly path: string;
  readonly handle: RouteHandler;
  /** Whether it can be asked without a key, and while the server drains. */
  readonly isOpen: boolean;
  /** How its protocol tells errors. */
  readonly errorBody: ErrorBody;
  /** The field that has what the model is to read. */
  readonly textField: string;
}

function route(
  method: "GET" | "POST",
  path: string,
  handle: RouteHandler,
  more: Partial<Pick<Route, "isOpen" | "errorBody" | "textField">> = {},
): Route {
  const { isOpen = false, errorBody = openAIError, textField = "messages" } = more;
  return { method, path, handle, isOpen, errorBody, textField };
}

const open = { isOpen: true };
const ofOllama = { errorBody: ollamaError };
const ofTgi = { errorBody: tgiError };

/** Every route there is. */
export const ROUTES: readonly Route[] = [
  route("POST", "/v1/chat/completions", chatCompletions),
  route("POST", "/v1/completions", completions, { textField: "prompt" }),
  route("POST", "/v1/embeddings", embeddings, { textField: "input" }),
  route("GET", "/v1/models", listModels),
  route("GET", `${MODELS_PATH}{id}`, findModel),
  route("POST", "/tokenize", tokenize),
  route("POST", "/detokenize", detokenize),
  route("POST", "/apply-template", applyTemplate),
  route("POST", "/api/chat", ollamaChat, ofOllama),
  route("GET", "/api/tags", ollamaTags, ofOllama),
  route("POST", "/generate", tgiGenerate, ofTgi),
  route("POST", "/generate_stream", tgiGenerateStream, ofTgi),
  route("POST", "/", tgiRoot, ofTgi),
  route("GET", "/health", health, open),
  route("GET", "/ready", ready, open),
  route("GET", "/metrics", metrics, open),
  route("GET", "/openapi.json", openApi, open),
];

const byPath = new Map<string, Route[]>();
for (const one of ROUTES) byPath.set(one.path, [...(byPath.get(one.path) ?? []), one]);

function routesOf(path: string): readonly Route[] {
  const isModel = path.startsWith(MODELS_PATH) && path !== MODELS_PATH;
  return byPath.get(isModel ? `${MODELS_PATH}{id}` : path) ?? [];
}

/** The methods that a path takes, as the header `Allow` lists them. */
export function methodsOf(path: string): string {
  return routesOf(path)
    .map(({ method }) => (method === "GET" ? "GET, HEAD" : method))
    .join(", ");
}

/**
 * Finds what answers a request.
 *
 * @param path - as it came, so still encoded
 * @throws ServerError `NOT_FOUND` or `METHOD_NOT_ALLOWED`
 */
export function findRoute(method: string, path: string): Route {
  const routes = routesOf(path);
  if (routes.length === 0) {
    throw new ServerError(
      "NOT_FOUND",
      `There is no ${path.slice(0, 200)}. GET /openapi.json tells what there is.`,
    );
  }
  const wanted = method === "HEAD" ? "GET" : method;
  const found = routes.find((one) => one.method === wanted);
  if (found) return found;
  throw new ServerError("METHOD_NOT_ALLOWED", `This path takes ${methodsOf(path)}.`);
}
