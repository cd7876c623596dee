import type { OpenAIErrorBody } from "@llama2-kit/protocol";
import type { Problem } from "./problem.ts";

/** Writes a problem's body in a protocol's form. */
export type ErrorBody = (problem: Problem) => object;

/** OpenAI's: `{"error": {"message", "type", "param", "code"}}`. */
export const openAIError: ErrorBody = ({ message, type, param, code }): OpenAIErrorBody => ({
  error: { message, type, param, code },
});

/** Ollama's: `{"error": "…"}`. */
export const ollamaError: ErrorBody = ({ message }) => ({ error: message });

/** TGI's words for errors, by status. */
const TGI_TYPES: Readonly<Record<number, string>> = {
  400: "validation",
  404: "validation",
  413: "validation",
  415: "validation",
  422: "validation",
  429: "overloaded",
  503: "overloaded",
};

/** TGI's: `{"error": "…", "error_type": "validation"}`. */
export const tgiError: ErrorBody = ({ message, status }) => ({
  error: message,
  error_type: TGI_TYPES[status] ?? "generation",
});
