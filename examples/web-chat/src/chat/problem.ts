import { ClientError } from "@llama2-kit/client/openai";

/** What a person can do about a problem. */
export type WayOn = "retry" | "shorten" | "reconnect" | "key" | "parameters";

/** Something that went wrong, for people. */
export interface Problem {
  readonly title: string;
  readonly detail: string;
  readonly ways: readonly WayOn[];
}

const PROBLEMS: Readonly<Record<string, Pick<Problem, "title" | "ways">>> = {
  NETWORK: { title: "The server cannot be reached", ways: ["retry", "reconnect"] },
  TRUNCATED: { title: "The connection was lost mid-answer", ways: ["retry", "reconnect"] },
  TIMEOUT: { title: "The server took too long", ways: ["retry"] },
  OVERLOADED: { title: "The server is busy", ways: ["retry"] },
  SERVER_ERROR: { title: "The server failed", ways: ["retry", "reconnect"] },
  BAD_RESPONSE: { title: "That was no answer", ways: ["reconnect", "retry"] },
  UNAUTHORIZED: { title: "The server asks for a key", ways: ["key", "retry"] },
  CONTEXT_OVERFLOW: { title: "Too long for this model", ways: ["shorten"] },
  CONTENT_FILTER: { title: "A safety check refused this", ways: ["shorten"] },
  BAD_PARAMETER: { title: "A parameter is out of range", ways: ["parameters"] },
  UNSUPPORTED: { title: "The server cannot do that", ways: ["parameters"] },
  BAD_REQUEST: {
    title: "The server refused the request",
    ways: ["parameters", "shorten", "retry"],
  },
};

/** Says what went wrong, and what to do about it. */
export function toProblem(error: unknown): Problem {
  if (ClientError.isInstance(error)) {
    const known = PROBLEMS[error.code];
    if (known) return { ...known, detail: error.message };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { title: "Something went wrong", detail, ways: ["retry"] };
}
