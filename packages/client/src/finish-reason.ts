import type { FinishReason } from "@llama2-kit/protocol";
import type { Answer } from "./answer.ts";
import { ClientError } from "./error.ts";

/** The words of OpenAI's protocol for why a text ended. */
const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  length: "length",
  content_filter: "content-filter",
  tool_calls: "tool-calls",
  function_call: "tool-calls",
};

/**
 * Takes note of a server's word for why the text ended. One that is not known counts as `stop`, with a warning, as
 * servers make up new ones.
 *
 * @throws ClientError `TRUNCATED` for vLLM's and SGLang's `abort`: the server shuts down, or gave the request up
 */
export function finish(answer: Answer, word: string): void {
  if (word === "abort") {
    throw new ClientError("TRUNCATED", "The server gave up.", {
      serverCode: "abort",
      retryable: true,
    });
  }
  const reason = Object.hasOwn(REASONS, word) ? REASONS[word] : undefined;
  if (!reason) answer.warn(`The server ended with an unknown reason: ${word}.`);
  if (reason === "tool-calls") answer.warn("The model's tool calls are left out.");
  answer.finishReason = reason ?? "stop";
}
