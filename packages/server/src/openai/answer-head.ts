import type { AnswerHead } from "./answer-writer.ts";

/** What begins a new answer. */
export function newHead(prefix: string, model: string): AnswerHead {
  return {
    id: `${prefix}-${crypto.randomUUID().replaceAll("-", "")}`,
    created: Math.floor(Date.now() / 1000),
    model,
  };
}
