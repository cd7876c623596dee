import type { GenerationResult } from "@llama2-kit/protocol";
import { ServerError } from "./error.ts";
import type { Exchange } from "./exchange.ts";
import type { ServedModel } from "./model-directory.ts";
import { EVENT_STREAM, type Reply } from "./reply.ts";
import type { Service } from "./service.ts";
import { Answers, type StartAnswer } from "./streaming/answers.ts";
import { type StreamWriter, streamBody } from "./streaming/stream-body.ts";

/** What to generate, and how to tell it. */
export interface AnswerPlan {
  readonly served: ServedModel;
  /** How many answers to generate side by side. */
  readonly count: number;
  readonly start: StartAnswer;
  /** Writes the answers as a stream; absent where they are wanted whole. */
  readonly writer?: StreamWriter | undefined;
  readonly contentType?: string;
  /** Writes whole answers. */
  readonly whole: (results: readonly GenerationResult[]) => object;
}

/**
 * Generates what a request asks for, and ends that where the caller leaves.
 *
 * A stream's headers are held back for a moment, so that what fails at once has a status of its own; not longer, as
 * proxies and clients give up where none come.
 */
export async function answerRequest(
  exchange: Exchange,
  service: Service,
  plan: AnswerPlan,
): Promise<Reply> {
  const { served, count, start, writer, contentType = EVENT_STREAM, whole } = plan;
  exchange.served = served;
  exchange.isGenerating = true;
  exchange.isStream = writer !== undefined;
  const answers = new Answers(count, start);
  exchange.onCancel(() => answers.abort());
  if (!writer) return { json: whole(await wholeResults(exchange, answers)) };

  const reader = answers.read();
  await reader.begun(service.headersMs);
  const stream = streamBody(reader, {
    writer,
    pingMs: service.pingMs,
    onEnd({ results, error }) {
      answers.abort(); // of several, the others
      exchange.results = results;
      exchange.error = error;
      exchange.end(200);
    },
    onLeave: exchange.leave,
  });
  return { stream, contentType };
}

async function wholeResults(
  exchange: Exchange,
  answers: Answers,
): Promise<readonly GenerationResult[]> {
  const results = await answers.results();
  exchange.results = results;
  if (results.every(({ finishReason }) => finishReason !== "aborted")) return results;
  throw new ServerError(
    "SHUTTING_DOWN",
    "The server is about to end, so the answer was not finished.",
  );
}
