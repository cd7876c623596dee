import type { LocalModel } from "@llama2-kit/inference";
import { encodeChat, formatChat } from "@llama2-kit/prompt";
import type { ChatMessage } from "@llama2-kit/protocol";

const BOS = 1;
const EOS = 2;

/** Llama 2's tokens for the single bytes 0 to 255, of which it makes the characters it has no token for. */
const FIRST_BYTE = 3;
const LAST_BYTE = 258;

/** A piece that is no more than part of a character decodes to this. */
const REPLACEMENT = "\ufffd";

const TOKENS_PER_LINE = 6;

/**
 * Shows a prompt exactly as the model reads it, as text and as tokens, with `▁` for a space and `↵` for the end
 * of a line.
 */
export function showPrompt(model: LocalModel, messages: readonly ChatMessage[]): string {
  const text = formatChat(messages);
  const { ids } = encodeChat(messages, { encode: (part) => model.tokenize(part) });
  const show = pieceReader(model);
  const tokens = Array.from(ids, (id) => `${id} ${makeVisible(show(id))}`);
  return [
    makeVisible(text).replaceAll("↵", "↵\n"),
    "",
    `${tokens.length} tokens:`,
    ...inColumns(tokens),
  ].join("\n");
}

function makeVisible(text: string): string {
  return text.replaceAll(" ", "▁").replaceAll("\n", "↵");
}

/** A text loses its first space in decoding, so each token is decoded behind another one. */
function pieceReader(model: LocalModel): (id: number) => string {
  const before = model.tokenize("\n");
  const { length } = model.detokenize(before);
  return (id) => {
    if (id === BOS) return "<s>";
    if (id === EOS) return "</s>";
    const piece = model.detokenize([...before, id]).slice(length);
    if (piece !== REPLACEMENT || id < FIRST_BYTE || id > LAST_BYTE) return piece;
    const byte = (id - FIRST_BYTE).toString(16).toUpperCase().padStart(2, "0");
    return `<0x${byte}>`;
  };
}

function inColumns(tokens: readonly string[]): string[] {
  const width = Math.max(...tokens.map((token) => token.length)) + 2;
  const lines: string[] = [];
  for (let start = 0; start < tokens.length; start += TOKENS_PER_LINE) {
    const line = tokens.slice(start, start + TOKENS_PER_LINE);
    lines.push(
      line
        .map((token) => token.padEnd(width))
        .join("")
        .trimEnd(),
    );
  }
  return lines;
}
