import type { ChatMessage, ChatRole } from "@llama2-kit/protocol";
import { strip, stripEnd } from "./python-strip.ts";
import { BEGIN_INSTRUCTION, BEGIN_SYSTEM, END_INSTRUCTION, END_SYSTEM } from "./tags.ts";

/** A message with the text that frames it. */
interface Piece {
  readonly role: ChatRole;
  readonly text: string;
}

/** A user's message and the answer to it, if there is one: what Meta's code encodes in one go. */
export interface Turn {
  /** In the order of the messages. Together they are the text to encode. */
  readonly pieces: readonly Piece[];
  /** Whether EOS follows, because the answer is complete. */
  readonly eos: boolean;
}

/**
 * @param turn - a turn
 * @returns its text, which is encoded in one go
 */
export function textOfTurn({ pieces }: Turn): string {
  let text = "";
  for (const piece of pieces) text += piece.text;
  return text;
}

/**
 * Frames the messages of a conversation. Source: meta-llama/llama, `chat_completion` in `llama/generation.py`.
 *
 * @param messages - a conversation that has been checked
 * @returns its turns, whose pieces are the messages one by one, in their order
 */
export function buildTurns(messages: readonly ChatMessage[]): Turn[] {
  const turns: Turn[] = [];
  let system: string | undefined;
  let pieces: Piece[] = [];
  for (const [index, { role, content }] of messages.entries()) {
    const last = index === messages.length - 1;
    if (role === "system") {
      system = content;
    } else if (role === "user") {
      pieces = system === undefined ? [frameUser(content)] : frameSystemAndUser(system, content);
      system = undefined;
      if (last) turns.push({ pieces, eos: false });
    } else {
      pieces.push(last ? frameOpenAnswer(content) : frameAnswer(content));
      turns.push({ pieces, eos: !last });
    }
  }
  return turns;
}

function frameUser(user: string): Piece {
  return { role: "user", text: `${BEGIN_INSTRUCTION} ${strip(user)} ${END_INSTRUCTION}` };
}

/**
 * Meta's code joins the two messages and strips the result, so a user's leading spaces stay, and an empty user
 * message costs the system message its closing newlines.
 */
function frameSystemAndUser(system: string, user: string): Piece[] {
  const question = stripEnd(user);
  const gap = question === "" ? "" : "\n\n";
  return [
    {
      role: "system",
      text: `${BEGIN_INSTRUCTION} ${BEGIN_SYSTEM}\n${system}\n${END_SYSTEM}${gap}`,
    },
    { role: "user", text: `${question} ${END_INSTRUCTION}` },
  ];
}

function frameAnswer(answer: string): Piece {
  return { role: "assistant", text: ` ${strip(answer)} ` };
}

/** No space after it: the model's next token brings its own. And so none at all where there is no answer yet. */
function frameOpenAnswer(answer: string): Piece {
  const begun = strip(answer);
  return { role: "assistant", text: begun === "" ? "" : ` ${begun}` };
}
