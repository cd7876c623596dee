import type { ChatMessage, ChatRole } from "@llama2-kit/protocol";
import { commonPrefixLength } from "./common-prefix.ts";
import { type EncodeOptions, resolveEncodeOptions } from "./options.ts";
import { encodePlainText, type TextTokenizer } from "./plain-text.ts";
import { prepareConversation } from "./prepare-conversation.ts";
import { buildTurns, type Turn, textOfTurn } from "./turns.ts";

/** Where a message, with the text that frames it, lies among the ids of a prompt. */
export interface ChatSpan {
  /** Index into the messages that were passed; of those that `mergeConsecutive` joined, the first one's. */
  readonly message: number;
  readonly role: ChatRole;
  /** Index of the message's first id. */
  readonly start: number;
  /** Index behind its last id. */
  readonly end: number;
}

/** A conversation as the model reads it. */
export interface EncodedChat {
  readonly ids: Int32Array;
  /**
   * One span per message (or per joined messages), in order, which cover the ids without a gap. Framing belongs to what it frames: BOS to
   * the message after it, `[INST]` and `<<SYS>>` to the system message or else the user's, `[/INST]` to the
   * user's, the spaces around an answer and EOS to the assistant's.
   */
  readonly spans: ChatSpan[];
}

/**
 * Encodes a conversation to the ids that Llama 2 was trained on. BOS and EOS are put in as ids, so no text that
 * a message holds can become one.
 *
 * The ids of a conversation begin with the ids of the same conversation cut after any earlier user message, so
 * an engine keeps its KV cache from turn to turn.
 *
 * Source: meta-llama/llama, `chat_completion` in `llama/generation.py`.
 *
 * @param messages - the conversation: at most one system message, first, then user and assistant in turn
 * @param tokenizer - encodes plain text: without BOS and EOS, and with special tokens read as text
 * @param options - see {@link EncodeOptions}
 * @returns the ids, and which of them belong to which message
 * @throws {@link PromptError} if the conversation or an option is not one that the format has, or if the
 *   tokenizer returns BOS or EOS
 *
 * @example
 * ```ts
 * const { ids, spans } = encodeChat([{ role: "user", content: "Hello" }], tokenizer);
 * // ids: 1, 518, 25580, 29962, 15043, 518, 29914, 25580, 29962
 * // spans: [{ message: 0, role: "user", start: 0, end: 9 }]
 * ```
 */
export function encodeChat(
  messages: readonly ChatMessage[],
  tokenizer: TextTokenizer,
  options: EncodeOptions = {},
): EncodedChat {
  const resolved = resolveEncodeOptions(options);
  const turns = buildTurns(prepareConversation(messages, resolved), resolved.closeFinalMessage);
  const { bosId, eosId } = resolved;
  const encode = (text: string) => encodePlainText(tokenizer, text, [bosId, eosId]);

  const ids: number[] = [];
  const spans: ChatSpan[] = [];
  for (const [index, turn] of turns.entries()) {
    let start = ids.length;
    if (index > 0 || resolved.bos) ids.push(bosId);
    const textStart = ids.length;
    const borders = encodeTurn(turn, encode, ids).map((length) => textStart + length);
    if (turn.eos) ids.push(eosId);
    for (const [position, { role, index: message }] of turn.pieces.entries()) {
      const end = borders[position] ?? ids.length;
      spans.push({ message, role, start, end });
      start = end;
    }
  }
  return { ids: new Int32Array(ids), spans };
}

/**
 * Encodes a turn's text in one piece, as Meta's code does, and appends the ids.
 *
 * Each border is where the ids cease to be those of the text before it. That is exact in Llama 2's vocabulary,
 * which never joins a newline, or a space to what comes before it, and every border is at one of these.
 *
 * @returns the number of ids before each border between pieces
 */
function encodeTurn(turn: Turn, encode: (text: string) => number[], ids: number[]): number[] {
  const textIds = encode(textOfTurn(turn));
  // One by one, because a long text has more ids than a call may have arguments.
  for (const id of textIds) ids.push(id);

  const borders: number[] = [];
  let before = "";
  let length = 0;
  for (const { text } of turn.pieces.slice(0, -1)) {
    before += text;
    // Another vocabulary may put a border earlier than the last one; spans must not overlap for that.
    length = Math.max(length, commonPrefixLength(encode(before), textIds));
    borders.push(length);
  }
  return borders;
}
