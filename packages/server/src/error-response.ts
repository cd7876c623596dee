import { openAIError } from "./error-bodies.ts";
import { type Problem, toProblem } from "./problem.ts";
import { toResponse } from "./reply.ts";

/**
 * The answer that tells of an error as the handler's own routes do: its status, and OpenAI's form. Errors of the other packages are
 * known too; what is no error of ours is a 500 that tells nothing.
 *
 * @example
 * ```ts
 * try {
 *   return Response.json(await answer(request));
 * } catch (error) {
 *   return errorResponse(error);
 * }
 * ```
 */
export function errorResponse(error: unknown): Response {
  const problem = toProblem(error);
  const headers = new Headers({ "x-content-type-options": "nosniff" });
  addErrorHeaders(headers, problem);
  return toResponse({ status: problem.status, json: openAIError(problem) }, headers);
}

/** Adds what a status asks for beside the body. */
export function addErrorHeaders(headers: Headers, { status, retryAfter }: Problem): void {
  if (retryAfter !== undefined) headers.set("retry-after", String(retryAfter));
  if (status === 401) headers.set("www-authenticate", "Bearer");
}
