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
  const cached = `${usage?.promptTokens} tokens, ${usage?.cachedTokens} of them cached`;
  const rows: (readonly [string, string | false | undefined])[] = [
    ["Model", model || "unknown"],
    ["Prompt", usage && cached],
    ["Answer", usage && `${usage.completionTokens} tokens`],
    ["First token", timeToFirstTokenMs !== undefined && `after ${toSeconds(timeToFirstTokenMs)}`],
    ["Whole answer", totalMs !== undefined && toSeconds(totalMs)],
    ["Speed", tokensPerSecond !== undefined && `${tokensPerSecond.toFixed(1)} tokens/s`],
    ["Seed", seed?.toString()],
    ["Ended by", REASONS[finishReason] ?? finishReason],
  ];
  return rows.filter((row): row is [string, string] => Boolean(row[1]));
}

function toSeconds(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
