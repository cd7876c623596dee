import type { GenerationResult } from "@llama2-kit/protocol";
import type { Parameters } from "./parameters.ts";

/** What an answer took, in one line. */
export function describeAnswer({ usage, timings, seed }: GenerationResult): string {
  const { timeToFirstTokenMs, tokensPerSecond } = timings;
  const facts = [usage.completionTokens === 1 ? "1 token" : `${usage.completionTokens} tokens`];
  if (tokensPerSecond !== undefined) facts.push(`${formatSpeed(tokensPerSecond)} tokens/s`);
  if (timeToFirstTokenMs !== undefined) facts.push(`first after ${formatTime(timeToFirstTokenMs)}`);
  if (seed !== undefined) facts.push(`seed ${seed}`);
  return facts.join(" · ");
}

/** Says why an answer ends before its end; undefined where it does not. */
export function describeCut(
  { finishReason, usage }: GenerationResult,
  { maxTokens }: Parameters,
): string | undefined {
  if (finishReason !== "length") return undefined;
  const byUser = maxTokens !== undefined && usage.completionTokens >= maxTokens;
  return byUser ? `(cut: max-tokens is ${maxTokens})` : "(cut: the context is full)";
}

function formatSpeed(tokensPerSecond: number): string {
  return tokensPerSecond.toFixed(tokensPerSecond < 10 ? 1 : 0);
}

function formatTime(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
