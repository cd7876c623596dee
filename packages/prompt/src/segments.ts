import type { ChatMessage } from "@llama2-kit/protocol";
import { type FormatOptions, resolveFormatOptions } from "./options.ts";
import { prepareConversation } from "./prepare-conversation.ts";
import { buildTurns, type Turn, textOfTurn } from "./turns.ts";

/** A user's message and the answer to it, if there is one, as the text that is encoded in one go. */
export interface ChatSegment {
  /** Without BOS and EOS, which are ids and have no text. */
  readonly text: string;
  /** Whether BOS comes before the text. */
  readonly bos: boolean;
  /** Whether EOS comes after the text. */
  readonly eos: boolean;
}

/**
 * Lays out a conversation as the texts that Llama 2's own code encodes one by one, for those who encode them
 * themselves: each gets BOS in front and EOS behind where the segment says so, as ids.
 *
 * Source: meta-llama/llama, `chat_completion` in `llama/generation.py`.
 *
 * @param messages - the conversation: at most one system message, first, then user and assistant in turn
 * @param options - see {@link FormatOptions}
 * @returns one segment per user message
 * @throws {@link PromptError} if the conversation or an option is not one that the format has
 *
 * @example
 * ```ts
 * chatSegments([
 *   { role: "user", content: "Hi" },
 *   { role: "assistant", content: "Hello!" },
 *   { role: "user", content: "Bye" },
 * ]);
 * // [
 * //   { text: "[INST] Hi [/INST] Hello! ", bos: true, eos: true },
 * //   { text: "[INST] Bye [/INST]", bos: true, eos: false },
 * // ]
 * ```
 */
export function chatSegments(
  messages: readonly ChatMessage[],
  options: FormatOptions = {},
): ChatSegment[] {
  const resolved = resolveFormatOptions(options);
  const turns = buildTurns(prepareConversation(messages, resolved), resolved.closeFinalMessage);
  return toSegments(turns, resolved.bos);
}

/**
 * @param turns - the turns of a conversation
 * @param bos - whether the first one begins with BOS
 * @returns one segment per turn
 */
export function toSegments(turns: readonly Turn[], bos: boolean): ChatSegment[] {
  return turns.map((turn, index) => ({
    text: textOfTurn(turn),
    bos: index > 0 || bos,
    eos: turn.eos,
  }));
}
