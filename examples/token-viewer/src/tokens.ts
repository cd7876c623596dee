import { type ChatMessage, type ChatRole, chatSegments, encodeChat } from "@llama2-kit/prompt";
import type { EncodeOptions, Tokenizer } from "@llama2-kit/tokenizer";
import type { Piece, Pieces } from "./pieces.ts";

/** A token at its place in a text. */
export interface Token {
  readonly piece: Piece;
  /** The part of the text that it stands for; empty where an earlier token stands for all of a character. */
  readonly text: string;
  /** Whose message it belongs to, in a chat. */
  readonly role?: ChatRole;
}

/** Encodes a text. */
export function tokensOfText(
  tokenizer: Tokenizer,
  pieces: Pieces,
  text: string,
  options: EncodeOptions,
): Token[] {
  const { ids, offsets } = tokenizer.encodeWithOffsets(text, options);
  return Array.from(ids, (id, index) => ({
    piece: pieces.get(id),
    text: text.slice(offsets[index], offsets[index + 1]),
  }));
}

/**
 * Encodes a question as Llama 2 reads it in a chat.
 *
 * @throws PromptError if a message holds one of the prompt's own tags, such as `[INST]`
 */
export function tokensOfChat(
  tokenizer: Tokenizer,
  pieces: Pieces,
  system: string,
  question: string,
): Token[] {
  const messages: ChatMessage[] = [{ role: "user", content: question }];
  if (system !== "") messages.unshift({ role: "system", content: system });
  // The spans say which ids belong to which message, the segments what text they stand for.
  const { spans } = encodeChat(messages, tokenizer);
  const tokens = chatSegments(messages).flatMap(({ text, bos, eos }) =>
    tokensOfText(tokenizer, pieces, text, { bos, eos }),
  );
  return spans.flatMap(({ role, start, end }) =>
    tokens.slice(start, end).map((token) => ({ ...token, role })),
  );
}
