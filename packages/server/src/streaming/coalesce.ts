import type { TextEvent } from "@llama2-kit/protocol";
import type { AnswerItem } from "./answers.ts";

/**
 * Joins texts of the same answer that follow one another: what a slow reader has not taken yet reaches it at once,
 * in one event.
 */
export function coalesce(items: readonly AnswerItem[]): readonly AnswerItem[] {
  if (items.length < 2) return items;
  const joined: AnswerItem[] = [];
  let texts: TextEvent[] = [];
  let index = 0;
  const flush = () => {
    if (texts.length > 0) joined.push({ index, event: join(texts) });
    texts = [];
  };
  for (const item of items) {
    const isText = "event" in item && item.event.type === "text";
    if (!isText || item.index !== index) flush();
    index = item.index;
    if (isText) texts.push(item.event as TextEvent);
    else joined.push(item);
  }
  flush();
  return joined;
}

function join(texts: readonly TextEvent[]): TextEvent {
  const [first] = texts;
  if (first && texts.length === 1) return first;
  const tokens = texts.flatMap((event) => event.tokens ?? []);
  const logprobs = texts.flatMap((event) => event.logprobs ?? []);
  return {
    type: "text",
    text: texts.map(({ text }) => text).join(""),
    ...(first?.tokens && { tokens }),
    ...(first?.logprobs && { logprobs }),
  };
}
