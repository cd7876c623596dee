import type { ChatMessage, ChatModel } from "@llama2-kit/protocol";
import { unsupported } from "./error.ts";
import { refuseTooLong } from "./text-length.ts";

/** Llama 2's boundary tokens, and those of all models made of it. */
const BOS = 1;
const EOS = 2;
const BOUNDARY = /<s>|<\/s>/;

/** The ids of a text. @throws ServerError `UNSUPPORTED` */
export async function tokenizeText(
  model: ChatModel,
  text: string,
  addBos: boolean,
): Promise<number[]> {
  if (!model.tokenize) throw unsupported("model", "This model cannot tokenize.");
  const ids = await model.tokenize(text);
  return addBos ? [BOS, ...ids] : [...ids];
}

/**
 * The ids of a conversation's prompt: its text is cut at the boundary tokens, between which Llama 2's format is
 * encoded part by part.
 *
 * @throws ServerError `UNSUPPORTED`
 */
export async function tokenizeConversation(
  model: ChatModel,
  messages: readonly ChatMessage[],
): Promise<number[]> {
  if (!model.formatPrompt) throw unsupported("messages", "This model cannot format prompts.");
  const forged = messages.findIndex(({ content }) => BOUNDARY.test(content));
  if (forged >= 0) {
    const path = `messages[${forged}].content`;
    throw unsupported(
      path,
      `${path} holds <s> or </s>, which cannot be told from the format's own here.`,
    );
  }
  refuseTooLong(model, "messages", ...messages.map(({ content }) => content));
  const prompt = await model.formatPrompt(messages);
  const ids: number[] = [];
  for (const part of prompt.split(/(<s>|<\/s>)/)) {
    if (part === "<s>") ids.push(BOS);
    else if (part === "</s>") ids.push(EOS);
    // Not spread: a function takes no more arguments than the stack holds.
    else if (part !== "") for (const id of await tokenizeText(model, part, false)) ids.push(id);
  }
  return ids;
}

/** How many tokens before a token say how its text begins. */
const BEFORE = 3;

/** Each piece takes two calls of the model, in the same thread as everything else. */
const MOST_PIECES = 8192;

/** Each token with its text: what it adds to the text of those before it. @throws ServerError `UNSUPPORTED` */
export async function toPieces(
  model: ChatModel,
  ids: readonly number[],
): Promise<{ id: number; piece: string }[]> {
  if (!model.detokenize) throw unsupported("model", "This model cannot tell the text of tokens.");
  if (ids.length > MOST_PIECES) {
    throw unsupported(undefined, `The texts of at most ${MOST_PIECES} tokens can be told at once.`);
  }
  const pieces: { id: number; piece: string }[] = [];
  for (const [index, id] of ids.entries()) {
    // The first token after BOS begins the text, and so has no space in front.
    const before = ids.slice(Math.max(0, index - BEFORE), index).filter((one) => one !== BOS);
    const known = before.length === 0 ? "" : await model.detokenize(before);
    const text = await model.detokenize([...before, id]);
    pieces.push({ id, piece: text.slice(known.length) });
  }
  return pieces;
}
