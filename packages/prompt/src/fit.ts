import type { ChatMessage } from "@llama2-kit/protocol";
import { checkMessages, checkOrder, checkTag, type PlacedMessage } from "./check-conversation.ts";
import { encodeChat } from "./encode.ts";
import { PromptError } from "./error.ts";
import { type FitOptions, type ResolvedFit, resolveFitOptions } from "./fit-options.ts";
import { placeMessages } from "./prepare-conversation.ts";
import { truncateToFit } from "./truncate.ts";
import { countTurn } from "./turn-counts.ts";

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
  if (resolved.specialTags === "error") {
    for (const message of [...turns.system, ...turns.newest]) checkTag(message, message.index);
  }
  const start = findStart(turns, resolved);
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
  const tokens = countFrom(start, turns, resolved);
  if (tokens <= room) return { messages: fitted, dropped, tokens, truncated: 0 };
  if (resolved.truncate) return { ...truncateToFit(fitted, room, resolved), dropped };
  throw new PromptError(
    "CONTEXT_OVERFLOW",
    `The newest turn${turns.system.length > 0 ? " and the system message" : ""} take ${tokens} tokens where ` +
      `${room} are free (contextSize ${resolved.contextSize} less reserve ${resolved.reserve}): shorten them, ` +
      "reserve less, or set truncate.",
    { messageIndex: turns.newest[0]?.index ?? 0 },
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

/** Returns the first pair to keep; their number where none can be kept. */
function findStart(turns: Turns, options: ResolvedFit): number {
  const room = options.contextSize - options.reserve;
  const excess = countFrom(0, turns, options) - room;
  if (excess <= 0) return 0;
  const block = Math.max(1, Math.floor(room * (1 - options.keep)));
  let due = Math.ceil(excess / block) * block;
  let start = 0;
  for (; start < turns.pairs.length && due > 0; start++) {
    due -= countTurn(turns.pairs[start] ?? [], options);
  }
  // Behind the system message a question may have a token more than behind [INST].
  while (start < turns.pairs.length && countFrom(start, turns, options) > room) start++;
  return start;
}

/** Counts the tokens of the prompt that keeps the pairs from one on. */
function countFrom(start: number, { system, pairs, newest }: Turns, options: ResolvedFit): number {
  const head = pairs[start];
  const withoutFirstBos = options.bos ? 0 : 1;
  if (!head) return encodeChat([...system, ...newest], options.tokenizer, options).ids.length;
  let count = encodeChat(newest, options.tokenizer, { ...options, bos: true }).ids.length;
  count += countTurn([...system, ...head], options);
  for (let pair = start + 1; pair < pairs.length; pair++) {
    count += countTurn(pairs[pair] ?? [], options);
  }
  return count - withoutFirstBos;
}
