import { encodeChat, type TextTokenizer } from "@llama2-kit/prompt";
import { type Dialogue, toMessages } from "./create-dialogue.ts";

/** A dialogue as ids, and where in them the assistant speaks. */
export interface EncodedDialogue {
  readonly ids: Int32Array;
  /** `[start, end)` of each answer, its EOS included: what the model learns to say. */
  readonly spans: readonly (readonly [start: number, end: number])[];
}

/** Lays a dialogue out as Llama 2 Chat is trained. */
export function encodeDialogue(dialogue: Dialogue, tokenizer: TextTokenizer): EncodedDialogue {
  const { ids, spans } = encodeChat(toMessages(dialogue), tokenizer, {
    closeFinalMessage: true,
  });
  const answers = spans.filter(({ role }) => role === "assistant");
  return { ids, spans: answers.map(({ start, end }) => [start, end] as const) };
}
