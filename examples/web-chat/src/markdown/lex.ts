import { Lexer, type Token, type TokensList } from "marked";

/** A new line is one, as in a chat, and not a space as in a document. */
const OPTIONS = { gfm: true, breaks: true, pedantic: false };

/** Deepest nesting of quotes, lists and emphasis. People read no deeper, and each level takes room on the stack. */
const DEEPEST = 24;

/** Most marks of emphasis, links and code in one paragraph: to pair them takes time that grows with their square. */
const MOST_MARKS = 500;

/** A longer word may take as long, when an address is looked for in it. */
const LONG_WORD = /\S{2000}/;

/** Reads Markdown. What would take too long or go too deep stays as it was written: a model can be made to write that. */
export function lex(text: string): Token[] {
  try {
    return new PatientLexer({ ...OPTIONS }).lex(text);
  } catch {
    // The lexer gives up on what it cannot get past.
    return [toText(text)];
  }
}

class PatientLexer extends Lexer {
  #depth = 0;

  override blockTokens(text: string, tokens: Token[] = [], isClipped?: boolean): TokensList {
    const read = (): Token[] => super.blockTokens(text, tokens, isClipped);
    return this.#within(text, tokens, read) as TokensList;
  }

  override inlineTokens(text: string, tokens: Token[] = []): Token[] {
    const isTooMuch = countMarks(text) > MOST_MARKS || LONG_WORD.test(text);
    if (!isTooMuch) return this.#within(text, tokens, () => super.inlineTokens(text, tokens));
    tokens.push(toText(text));
    return tokens;
  }

  #within(text: string, tokens: Token[], read: () => Token[]): Token[] {
    if (this.#depth >= DEEPEST) {
      tokens.push(toText(text));
      return tokens;
    }
    this.#depth++;
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }
}

function countMarks(text: string): number {
  return text.match(/[*_~`[\]<!&\\]/g)?.length ?? 0;
}

function toText(text: string): Token {
  return { type: "text", raw: text, text };
}
