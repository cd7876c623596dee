import type { ChatMessage } from "@llama2-kit/protocol";
import { checkMessages, checkOrder, type PlacedMessage } from "./check-conversation.ts";
import { encodeChat } from "./encode.ts";
import { type FitOptions, type ResolvedFit, resolveFitOptions } from "./fit-options.ts";
import { contextOverflow } from "./fit-overflow.ts";
import { checkOwnTags, placeMessages } from "./prepare-conversation.ts";
import { truncateToFit } from "./truncate.ts";
import { createTurnCounter } from "./turn-counts.ts";

/** The part of a conversation that fits. */
export interface FittedChat {
  /** What to encode: the system message, and the newest turns. */
  readonly messages: ChatMessage[];
  /** What was left out: whole pairs of a question and its answer, the oldest ones. */
  readonly dropped: ChatMessage[];
  /** Tokens of the prompt that `messages` make. */
  readonly tokens: number;
  /** UTF-16 code units that were cut off the newest user message. 0 unless `truncate` is set and was needed. */
  readonly truncated: number;
}

/**
 * Makes a conversation fit into the model's context: drops the oldest questions with their answers, and keeps the
 * system message and the newest turn.
 *
 * It drops in blocks, each of them `1 - keep` of the room. So what is kept begins at the same message for several
 * turns on end, whether the whole history is passed each time or only what was kept, and an engine can keep its KV
 * cache in between.
 *
 * Token counts are remembered with the tokenizer: after a new turn, that turn alone is encoded, and each old one
 * costs a look-up.
 *
 * @param messages - the conversation, as for `encodeChat`
 * @param options - see {@link FitOptions}
 * @returns what fits, what was dropped for it, and how many tokens it makes
 * @throws {@link PromptError} with code `CONTEXT_OVERFLOW` if even the newest turn does not fit, or as `encodeChat`
 *
 * @example
 * ```ts
 * const { messages, dropped, tokens } = fitMessages(history, { tokenizer, reserve: 1024 });
 * const { ids } = encodeChat(messages, tokenizer); // ids.length === tokens, at most 4096 - 1024
 * ```
 */
export function fitMessages(messages: readonly ChatMessage[], options: FitOptions): FittedChat {
  const resolved = resolveFitOptions(options);
  checkMessages(messages);
  const placed = placeMessages(messages, resolved.mergeConsecutive);
  checkOrder(placed, resolved.continueFinalMessage);

  const turns = splitTurns(placed);
  const check = (message: PlacedMessage) => {
    if (resolved.specialTags === "error") checkOwnTags(message, messages);
  };
  for (const message of [...turns.system, ...turns.newest]) check(message);
  const { start, tokens } = choose(turns, resolved, check);
  const first = turns.pairs[start]?.[0] ?? turns.newest[0];
  const kept = placed.filter(
    ({ role, index }) => role === "system" || index >= (first?.index ?? 0),
  );
  const dropped = messages
    .slice(turns.system.length, first?.index)
    .filter((m) => m.role !== "system");
  const restore = ({ role, content, index }: PlacedMessage): ChatMessage => {
    const passed = messages[index];
    return passed?.content === content ? passed : { role, content };
  };
  const fitted = kept.map(restore);

  const room = resolved.contextSize - resolved.reserve;
  if (tokens <= room) return { messages: fitted, dropped, tokens, truncated: 0 };
  if (resolved.truncate) {
    const { content, ...cut } = truncateToFit(kept, room, resolved);
    const shortened = fitted.map((m) => (m.role === "user" ? { ...m, content } : m));
    return { messages: shortened, dropped, ...cut };
  }
  throw contextOverflow(
    kept,
    `The newest turn${turns.system.length > 0 ? " and the system message" : ""} take ${tokens} tokens where ` +
      `${room} are free (contextSize ${resolved.contextSize} less reserve ${resolved.reserve}): shorten them, ` +
      "reserve less, or set truncate.",
  );
}

/** A conversation by what can be dropped of it. */
interface Turns {
  /** The system message, if there is one. */
  readonly system: readonly PlacedMessage[];
  /** Questions with their answers. */
  readonly pairs: readonly PlacedMessage[][];
  /** The last question, and perhaps the beginning of an answer. */
  readonly newest: readonly PlacedMessage[];
}

function splitTurns(placed: readonly PlacedMessage[]): Turns {
  const system = placed[0]?.role === "system" ? placed.slice(0, 1) : [];
  const newestLength = placed.at(-1)?.role === "user" ? 1 : 2;
  const pairs: PlacedMessage[][] = [];
  for (let index = system.length; index < placed.length - newestLength; index += 2) {
    pairs.push(placed.slice(index, index + 2));
  }
  return { system, pairs, newest: placed.slice(-newestLength) };
}

/** Returns the first pair to keep (their number where none can be kept), and the tokens of the prompt from there. */
function choose(
  turns: Turns,
  options: ResolvedFit,
  check: (message: PlacedMessage) => void,
): { start: number; tokens: number } {
  const { system, pairs, newest } = turns;
  const { tokenizer, contextSize, reserve, keep } = options;
  const room = contextSize - reserve;
  const last = encodeChat(newest, tokenizer, options).ids.length;
  const countTurn = createTurnCounter(options, check);
  const counts = pairs.map(countTurn);
  let start = 0;
  /** Of the pairs that are kept. */
  let rest = counts.reduce((sum, count) => sum + count, 0);

  const countPrompt = () => {
    const head = pairs[start];
    if (!head) return encodeChat([...system, ...newest], tokenizer, options).ids.length;
    // The first question's tokens change when the system message comes before it.
    const added = system.length > 0 ? countTurn([...system, ...head]) - (counts[start] ?? 0) : 0;
    return added + rest + last;
  };
  const drop = () => {
    rest -= counts[start] ?? 0;
    start++;
  };

  let tokens = countPrompt();
  const block = Math.max(1, Math.floor(room * (1 - keep)));
  const due = tokens > room ? Math.ceil((tokens - room) / block) * block : 0;
  const goal = rest - due;
  while (start < pairs.length && rest > goal) drop();
  if (start > 0) tokens = countPrompt();
  while (start < pairs.length && tokens > room) {
    drop();
    tokens = countPrompt();
  }
  return { start, tokens };
}
