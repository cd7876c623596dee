import type { ChatRole } from "@llama2-kit/protocol";
import type { PlacedMessage } from "./check-conversation.ts";
import { strip, stripEnd } from "./python-strip.ts";
import { BEGIN_INSTRUCTION, BEGIN_SYSTEM, END_INSTRUCTION, END_SYSTEM } from "./tags.ts";

/** A message with the text that frames it. */
interface Piece {
  readonly role: ChatRole;
  readonly text: string;
  /** Where the message was among those that were passed. */
  readonly index: number;
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
 * @param messages - a conversation that has been prepared
 * @param closed - whether an answer at the end is complete, and not the beginning of one
 * @returns its turns, whose pieces are the messages one by one, in their order
 */
export function buildTurns(messages: readonly PlacedMessage[], closed = false): Turn[] {
  const turns: Turn[] = [];
  let system: PlacedMessage | undefined;
  let pieces: Piece[] = [];
  const lastMessage = messages.at(-1);
  for (const message of messages) {
    const last = message === lastMessage;
    if (message.role === "system") {
      system = message;
    } else if (message.role === "user") {
      pieces = system ? frameSystemAndUser(system, message) : [frameUser(message)];
      system = undefined;
      if (last) turns.push({ pieces, eos: false });
    } else {
      const open = last && !closed;
      pieces.push(frameAnswer(message, open));
      turns.push({ pieces, eos: !open });
    }
  }
  return turns;
}

function frameUser({ content, index }: PlacedMessage): Piece {
  const text = `${BEGIN_INSTRUCTION} ${strip(content)} ${END_INSTRUCTION}`;
  return { role: "user", text, index };
}

/**
 * Meta's code joins the two messages and strips the result, so a user's leading spaces stay, and an empty user
 * message costs the system message its closing newlines.
 */
function frameSystemAndUser(system: PlacedMessage, user: PlacedMessage): Piece[] {
  const question = stripEnd(user.content);
  const gap = question === "" ? "" : "\n\n";
  const opening = `${BEGIN_INSTRUCTION} ${BEGIN_SYSTEM}\n${system.content}\n${END_SYSTEM}${gap}`;
  return [
    { role: "system", text: opening, index: system.index },
    { role: "user", text: `${question} ${END_INSTRUCTION}`, index: user.index },
  ];
}

/**
 * Behind an answer that is open there is no space, as the model's next token brings its own; and so there is none
 * at all where it has not begun.
 */
function frameAnswer({ content, index }: PlacedMessage, open: boolean): Piece {
  const answer = strip(content);
  const text = open ? answer && ` ${answer}` : ` ${answer} `;
  return { role: "assistant", text, index };
}
