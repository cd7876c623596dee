import type { FinishReason } from "@llama2-kit/protocol";
import type { Answer } from "./answer.ts";
import { describe } from "./describe.ts";
import { ClientError } from "./error.ts";

/** The servers' words for why a text ended. */
const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  eos: "stop",
  eos_token: "stop",
  stop_sequence: "stop",
  word: "stop",
  length: "length",
  limit: "length",
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
export function finish(answer: Answer, word: unknown): void {
  if (word === "abort") {
    throw new ClientError("TRUNCATED", "The server gave the generation up before its end.", {
      serverCode: "abort",
      retryable: true,
    });
  }
  const reason =
    typeof word === "string" && Object.hasOwn(REASONS, word) ? REASONS[word] : undefined;
  if (!reason) answer.warn(`The server gave a reason to end that is not known: ${describe(word)}.`);
  if (reason === "tool-calls") answer.warn("The model called tools, which are not in the result.");
  answer.finishReason = reason ?? "stop";
}
