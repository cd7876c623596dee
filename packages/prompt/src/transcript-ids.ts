import type { ChatMessage, ChatRole } from "@llama2-kit/protocol";
import { refusal } from "./check-conversation.ts";
import { describe } from "./describe.ts";
import { escapeTags } from "./escape.ts";
import { type EncodeOptions, isId, type Resolved } from "./options.ts";
import { encodePlainText, type TextTokenizer } from "./plain-text.ts";
import { buildTurns, textOfTurn } from "./turns.ts";

/**
 * @param messages - those of one turn, checked: perhaps the system's, the user's, perhaps the complete answer
 * @param tokenizer - encodes plain text
 * @param options - how to lay them out
 * @returns the turn's ids, with BOS, and with EOS if there is an answer
 */
export function encodeOneTurn(
  messages: readonly ChatMessage[],
  tokenizer: TextTokenizer,
  options: Resolved<EncodeOptions>,
): number[] {
  const { bosId, eosId, specialTags } = options;
  const placed = messages.map(({ role, content }, index) => {
    return { role, content: specialTags === "escape" ? escapeTags(content) : content, index };
  });
  return buildTurns(placed, true).flatMap((turn) => {
    const ids = encodePlainText(tokenizer, textOfTurn(turn), [bosId, eosId]);
    return [bosId, ...ids, ...(turn.eos ? [eosId] : [])];
  });
}

/**
 * @param ids - what the caller says the model sampled
 * @param role - who the message is from
 * @param options - which ids BOS and EOS have
 * @param index - the message's place
 * @returns the ids without EOS at the end
 * @throws PromptError with code `INVALID_MESSAGE`
 */
export function checkAnswerIds(
  ids: ArrayLike<number>,
  role: ChatRole,
  { bosId, eosId }: Resolved<EncodeOptions>,
  index: number,
): number[] {
  if (role !== "assistant") {
    throw refusal("INVALID_MESSAGE", index, " has ids, but the assistant alone has its own.");
  }
  if (typeof ids !== "object" || typeof ids?.length !== "number") {
    throw refusal("INVALID_MESSAGE", index, `.ids is ${describe(ids)}: pass an array of ids.`);
  }
  const sampled: number[] = [];
  // One by one, so that a length that is not true, as JSON can claim it, ends at the first id that is missing.
  for (let place = 0; place < ids.length; place++) {
    const id = ids[place];
    if (id === eosId && place === ids.length - 1) break;
    if (!isId(id) || id === bosId || id === eosId) {
      const problem = `.ids[${place}] is ${describe(id)}: pass the sampled ids, up to EOS.`;
      throw refusal("INVALID_MESSAGE", index, problem);
    }
    sampled.push(id);
  }
  return sampled;
}
