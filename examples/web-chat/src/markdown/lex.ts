import { Lexer, type Token } from "marked";

/** A new line is one, as in a chat, and not a space as in a document. */
const OPTIONS = { gfm: true, breaks: true, pedantic: false };

/** Reads Markdown. */
export function lex(text: string): Token[] {
  return new Lexer({ ...OPTIONS }).lex(text);
}
