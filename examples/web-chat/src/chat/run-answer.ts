import type { ChatMessage, GenerationResult, TokenLogprob } from "@llama2-kit/protocol";
import { Llama2KitError } from "@llama2-kit/protocol";
import { type AnswerSource, dropOldest } from "./answer-source.ts";
import type { AnswerFacts } from "./conversation.ts";
import { type Problem, toProblem } from "./problem.ts";

/** What an answer came to. Whatever happened, its text is here. */
export interface Outcome {
  readonly text: string;
  readonly facts: AnswerFacts;
  readonly dropped: number;
  readonly tokens?: readonly number[];
  readonly logprobs?: readonly TokenLogprob[];
  readonly problem?: Problem;
}

/** What to answer, and whom to tell how it goes. */
export interface AnswerTask {
  readonly messages: readonly ChatMessage[];
  readonly continues: boolean;
  readonly signal: AbortSignal;
  /** Told of each piece of text. */
  onText(piece: string): void;
  /** Told how much of the prompt has been read. */
  onPrompt(processedTokens: number, promptTokens: number): void;
}

/** Has a conversation answered. It never throws: what goes wrong is part of the outcome. */
export async function runAnswer(source: AnswerSource, task: AnswerTask): Promise<Outcome> {
  let text = "";
  let dropped = 0;
  let known: Pick<AnswerFacts, "model" | "seed"> = { model: "" };
  try {
    dropped = await source.countDropped(task.messages, task.signal);
    const { stream, model, seed } = source.answer({
      messages: dropOldest(task.messages, dropped),
      continues: task.continues,
      signal: task.signal,
    });
    known = { model, seed };
    for await (const event of stream) {
      if (event.type === "text") {
        text += event.text;
        task.onText(event.text);
      } else if (event.type === "prompt") {
        task.onPrompt(event.processedTokens, event.promptTokens);
      }
    }
    const result = await stream.result;
    return { text, dropped, facts: { ...known, ...factsOf(result) }, ...tokensOf(result) };
  } catch (error) {
    if (Llama2KitError.isInstance(error)) text = error.partialText || text;
    if (task.signal.aborted) return { text, dropped, facts: { ...known, finishReason: "aborted" } };
    const problem = toProblem(error);
    const facts = { ...known, finishReason: "interrupted", problem: problem.title } as const;
    return { text, dropped, facts, problem };
  }
}

function factsOf({
  finishReason,
  usage,
  timings,
  seed,
}: GenerationResult): Partial<AnswerFacts> & Pick<AnswerFacts, "finishReason"> {
  const { totalMs, timeToFirstTokenMs, tokensPerSecond } = timings;
  return {
    finishReason,
    totalMs,
    // A generation that was stopped is told without its usage.
    ...(usage.promptTokens > 0 && { usage }),
    ...(timeToFirstTokenMs !== undefined && { timeToFirstTokenMs }),
    // A few tokens may come in one piece, and then it is no speed.
    ...(tokensPerSecond !== undefined && usage.completionTokens >= 16 && { tokensPerSecond }),
    ...(seed !== undefined && { seed }),
  };
}

function tokensOf({ tokens, logprobs }: GenerationResult): Pick<Outcome, "tokens" | "logprobs"> {
  return { ...(tokens && { tokens }), ...(logprobs && { logprobs }) };
}
