import { type ChatSpan, encodeChat, formatChat } from "@llama2-kit/prompt";
import type { DatasetMessage } from "./formats.ts";
import type { ResolvedDatasetOptions } from "./options.ts";
import { UnusableRow } from "./unusable-row.ts";

/** Ids, those of them that are learned as `[start, end)`, and what had to be left off. */
export interface EncodedExample {
  readonly ids: Int32Array;
  readonly spans: readonly (readonly [start: number, end: number])[];
  readonly cut?: string | undefined;
}

/**
 * Encodes a conversation exactly as the model reads it in a chat, and marks the answers, EOS included: that is what
 * the model is to say, and when it is to stop.
 *
 * @param messages - the conversation
 * @param options - see `DatasetOptions`
 * @returns the example
 * @throws {@link UnusableRow} or PromptError for a conversation that cannot be learned from
 */
export function encodeConversation(
  messages: readonly DatasetMessage[],
  options: ResolvedDatasetOptions,
): EncodedExample {
  const { tokenizer, systemPrompt, specialTags, mergeConsecutive } = options;
  const encodeOptions = { specialTags, mergeConsecutive, closeFinalMessage: true };
  // First of all, so that an error goes by the row's own messages, without what is put before them.
  formatChat(messages, encodeOptions);
  const answered = options.lossOn === "all" ? messages.length : endOfLastAnswer(messages);
  if (answered === 0) throw new UnusableRow("NO_ANSWER", "The assistant says nothing in it.");
  const kept = messages.slice(0, answered);
  checkContents(kept);
  const adds = systemPrompt !== undefined && kept[0]?.role !== "system";
  const all = adds ? [{ role: "system" as const, content: systemPrompt }, ...kept] : kept;
  const { ids, spans } = encodeChat(all, tokenizer, encodeOptions);

  const end = endWithin(ids, spans, options);
  const learned = spans.filter((span) => span.end <= end && isLearned(all, span));
  const cuts = [];
  if (answered < messages.length) cuts.push("its last question has no answer");
  if (end < ids.length)
    cuts.push(`it has ${ids.length} tokens, of which ${end} are whole exchanges that fit`);
  return {
    ids: ids.slice(0, end),
    spans: chooseSpans(learned, end, options.lossOn),
    cut: cuts.length > 0 ? `Cut, as ${cuts.join(" and ")}.` : undefined,
  };
}

/** A system message may be empty, as apps send it; what is said may not. */
function checkContents(messages: readonly DatasetMessage[]): void {
  for (const [index, { role, content }] of messages.entries()) {
    if (role !== "system" && content.trim() === "") {
      throw new UnusableRow("EMPTY_MESSAGE", `messages[${index}], of the ${role}, is empty.`);
    }
  }
}

function endOfLastAnswer(messages: readonly DatasetMessage[]): number {
  return messages.findLastIndex(({ role }) => role === "assistant") + 1;
}

/**
 * Where to cut, so that what is kept fits. The ids of a conversation begin with those of its first exchanges, so
 * nothing has to be encoded anew.
 */
function endWithin(
  ids: Int32Array,
  spans: readonly ChatSpan[],
  { sequenceLength, overlong, lossOn }: ResolvedDatasetOptions,
): number {
  if (ids.length <= sequenceLength) return ids.length;
  const answers = spans.filter(({ role }) => role === "assistant");
  const end = answers.findLast((answer) => answer.end <= sequenceLength)?.end;
  // The last answer is the one to learn: without it another one would be taught.
  if (end !== undefined && overlong === "cut" && lossOn !== "last-answer") return end;
  const first = answers[0]?.end ?? ids.length;
  const why = end === undefined ? `, its first exchange ${first}` : "";
  const reason = `It has ${ids.length} tokens${why}: a sequence has ${sequenceLength}.`;
  throw new UnusableRow("OVERLONG", reason);
}

function isLearned(messages: readonly DatasetMessage[], { role, message }: ChatSpan): boolean {
  return role === "assistant" && messages[message]?.weight !== 0;
}

function chooseSpans(
  answers: readonly ChatSpan[],
  end: number,
  lossOn: ResolvedDatasetOptions["lossOn"],
): [start: number, end: number][] {
  if (lossOn === "all") return [[1, end]];
  const chosen = lossOn === "last-answer" ? answers.slice(-1) : answers;
  if (chosen.length > 0) return chosen.map((span) => [span.start, span.end]);
  throw new UnusableRow("NO_ANSWER", "Every answer that fits has the weight 0.");
}
