import { ref } from "./schema.ts";

/** What a route takes, and what it answers with. */
export interface Operation {
  readonly method: "get" | "post";
  readonly path: string;
  readonly summary: string;
  /** The request's schema. */
  readonly body?: string;
  /** The answer's, whole. */
  readonly answer?: string;
  /** The schema of each event of a stream, and what the stream is. */
  readonly event?: readonly [schema: string, type: string];
  /** The schema of errors. */
  readonly error?: string;
  /** Whether it needs no key. */
  readonly isOpen?: boolean;
}

const events = "text/event-stream";

/** Every route there is, as callers see it. */
export const OPERATIONS: readonly Operation[] = [
  {
    method: "post",
    path: "/v1/chat/completions",
    summary: "Answers a conversation.",
    body: "ChatRequest",
    answer: "ChatCompletion",
    event: ["ChatChunk", events],
  },
  {
    method: "post",
    path: "/v1/completions",
    summary: "Continues a text.",
    body: "CompletionRequest",
    answer: "Completion",
    event: ["Completion", events],
  },
  {
    method: "post",
    path: "/v1/embeddings",
    summary: "Makes vectors of texts.",
    body: "EmbeddingRequest",
    answer: "EmbeddingList",
  },
  {
    method: "get",
    path: "/v1/models",
    summary: "Lists the models, LoRA adapters among them.",
    answer: "ModelList",
  },
  { method: "get", path: "/v1/models/{id}", summary: "Describes a model.", answer: "Model" },
  {
    method: "post",
    path: "/tokenize",
    summary: "Tells the token ids of a text or of a conversation.",
    body: "TokenizeRequest",
    answer: "Tokens",
  },
  {
    method: "post",
    path: "/detokenize",
    summary: "Tells the text of token ids.",
    body: "DetokenizeRequest",
    answer: "Text",
  },
  {
    method: "post",
    path: "/apply-template",
    summary: "Tells the prompt that a conversation becomes.",
    body: "TemplateRequest",
    answer: "Prompt",
  },
  {
    method: "post",
    path: "/api/chat",
    summary: "Ollama's chat: a stream unless told otherwise.",
    body: "OllamaChatRequest",
    answer: "OllamaAnswer",
    event: ["OllamaAnswer", "application/x-ndjson"],
    error: "OllamaError",
  },
  {
    method: "get",
    path: "/api/tags",
    summary: "Ollama's list of models.",
    answer: "OllamaModels",
    error: "OllamaError",
  },
  {
    method: "post",
    path: "/generate",
    summary: "Text Generation Inference's whole text.",
    body: "TgiRequest",
    answer: "TgiAnswer",
    error: "TgiError",
  },
  {
    method: "post",
    path: "/generate_stream",
    summary: "Text Generation Inference's stream.",
    body: "TgiRequest",
    event: ["TgiEvent", events],
    error: "TgiError",
  },
  {
    method: "post",
    path: "/",
    summary: "Text Generation Inference's whole text in an array, or its stream.",
    body: "TgiRequest",
    answer: "TgiAnswer",
    event: ["TgiEvent", events],
    error: "TgiError",
  },
  {
    method: "get",
    path: "/health",
    summary: "Whether the process is alive.",
    answer: "Status",
    isOpen: true,
  },
  {
    method: "get",
    path: "/ready",
    summary: "Whether it is to be sent requests; 503 where not.",
    answer: "Status",
    isOpen: true,
  },
  { method: "get", path: "/metrics", summary: "Counts and gauges, for Prometheus.", isOpen: true },
  { method: "get", path: "/openapi.json", summary: "This description.", isOpen: true },
];

/** Statuses of errors that any route with a body may answer with. */
const ERRORS: Readonly<Record<string, string>> = {
  400: "A field is wrong; `param` names it. TGI's routes say 422.",
  401: "The key is missing or wrong.",
  404: "There is no such model.",
  413: "The body is too large.",
  415: "The content type is not application/json.",
  429: "Too much is under way: see Retry-After.",
  500: "The server failed.",
  503: "The model is being loaded, or the server is about to end: see Retry-After.",
};

/** Writes an operation as OpenAPI does. */
export function describeOperation(operation: Operation): object {
  const { path, summary, body, answer, event, error = "Error", isOpen = false } = operation;
  const answers = {
    ...(answer !== undefined && { "application/json": { schema: answerSchema(path, answer) } }),
    ...(event && { [event[1]]: { schema: { type: "string" }, "x-event-schema": ref(event[0]) } }),
    ...(!answer && !event && { [path === "/metrics" ? "text/plain" : "application/json"]: {} }),
  };
  const problem = { "application/json": { schema: ref(error) } };
  const errors = Object.entries(body === undefined ? {} : ERRORS).map(([status, description]) => [
    status,
    { description, content: problem },
  ]);
  return {
    summary,
    ...(isOpen && { security: [] }),
    ...(path.includes("{id}") && { parameters: [ID] }),
    ...(body !== undefined && {
      requestBody: { required: true, content: { "application/json": { schema: ref(body) } } },
    }),
    responses: {
      200: { description: "The answer.", content: answers },
      ...Object.fromEntries(errors),
    },
  };
}

const ID = { name: "id", in: "path", required: true, schema: { type: "string" } };

function answerSchema(path: string, answer: string): object {
  return path === "/" ? { type: "array", items: ref(answer) } : ref(answer);
}
