import type { VNode } from "preact";
import type { AnswerFacts } from "../../chat/conversation.ts";

const REASONS: Readonly<Record<string, string>> = {
  stop: "the model ended it",
  length: "token limit or full context",
  aborted: "stopped",
  interrupted: "interrupted",
  "content-filter": "a safety check",
};

/** What a generation took, as a table. */
export function GenerationFacts({ facts }: { facts: AnswerFacts }): VNode {
  return (
    <dl class="fact-table">
      {rowsOf(facts).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function rowsOf(facts: AnswerFacts): (readonly [string, string])[] {
  const { model, usage, seed, finishReason, totalMs } = facts;
  const { timeToFirstTokenMs, tokensPerSecond } = facts;
  return [
    ["Model", model || "unknown"],
    ...(usage
      ? [
          ["Prompt", `${usage.promptTokens} tokens, ${usage.cachedTokens} of them cached`] as const,
          ["Answer", `${usage.completionTokens} tokens`] as const,
        ]
      : []),
    ...(timeToFirstTokenMs === undefined
      ? []
      : [["First token", `after ${toSeconds(timeToFirstTokenMs)}`] as const]),
    ...(totalMs === undefined ? [] : [["Whole answer", toSeconds(totalMs)] as const]),
    ...(tokensPerSecond === undefined
      ? []
      : [["Speed", `${tokensPerSecond.toFixed(1)} tokens/s`] as const]),
    ...(seed === undefined ? [] : [["Seed", String(seed)] as const]),
    ["Ended by", REASONS[finishReason] ?? finishReason],
  ];
}

function toSeconds(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
