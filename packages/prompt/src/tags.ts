/**
 * The texts that frame messages. Source: meta-llama/llama, `llama/generation.py`.
 *
 * Unlike BOS and EOS, which have ids of their own, these are ordinary text to Llama 2's tokenizer: the model
 * cannot tell a tag that frames a message from one that a user typed.
 */
export const BEGIN_INSTRUCTION = "[INST]";
export const END_INSTRUCTION = "[/INST]";
export const BEGIN_SYSTEM = "<<SYS>>";
export const END_SYSTEM = "<</SYS>>";

/** BOS and EOS as text, the way Llama 2's vocabulary spells them. */
export const BOS_TEXT = "<s>";
export const EOS_TEXT = "</s>";

/** One expression without repetition: one pass over the text, half the time of four searches. */
const ANY_TAG = /\[\/?INST\]|<<\/?SYS>>/;

/** A tag, and where in a text it is. */
export interface FoundTag {
  readonly tag: string;
  /** UTF-16 offset. */
  readonly offset: number;
}

/**
 * Looks for the tags that Meta's code refuses in a message.
 *
 * @param text - a message's content
 * @returns the first tag in the text, or undefined where it is free of them
 */
export function findTag(text: string): FoundTag | undefined {
  const match = ANY_TAG.exec(text);
  return match ? { tag: match[0], offset: match.index } : undefined;
}
