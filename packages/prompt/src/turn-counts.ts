import type { PlacedMessage } from "./check-conversation.ts";
import type { ResolvedFit } from "./fit-options.ts";
import { encodeOneTurn } from "./transcript-ids.ts";

/** Some tens of MB, in a server with many conversations. One that has more starts over. */
const MAX_KEPT = 16_000_000;
/** About what an entry takes beside its text, in characters, so that many short ones count as well. */
const ENTRY_SIZE = 100;

/** What is known of the turns that begin with the same texts. */
interface Branch {
  count?: number;
  readonly next: Map<string, Branch>;
}

/**
 * Token counts of complete turns that have been counted before.
 *
 * They are found by their texts, so that a history that comes anew with every request is recognised. A JavaScript
 * engine keeps the hash of a string, so a history that stays in memory is found without reading it again.
 */
class TurnCounts {
  #root: Branch = { next: new Map() };
  /** Of the texts that are kept, in UTF-16 code units. */
  #size = 0;

  /**
   * @param kind - tells apart turns whose texts are the same but whose tokens are not
   * @param turn - a turn
   * @param countTokens - counts the tokens of one that is new
   * @returns its number of tokens
   */
  get(kind: string, turn: readonly PlacedMessage[], countTokens: () => number): number {
    let branch = this.#root.next.get(kind);
    for (const { content } of turn) branch = branch?.next.get(content);
    if (branch?.count !== undefined) return branch.count;
    // First of all, because it may throw, and a turn that is refused must leave nothing behind.
    const count = countTokens();
    if (this.#size > MAX_KEPT) {
      this.#root = { next: new Map() };
      this.#size = 0;
    }
    let kept = this.#grow(this.#root, kind);
    for (const { content } of turn) kept = this.#grow(kept, content);
    kept.count = count;
    return count;
  }

  #grow({ next }: Branch, text: string): Branch {
    const known = next.get(text);
    if (known) return known;
    const branch: Branch = { next: new Map() };
    next.set(text, branch);
    this.#size += text.length + ENTRY_SIZE;
    return branch;
  }
}

const countsOf = new WeakMap<object, TurnCounts>();

/**
 * Counts the tokens of complete turns: a question and its answer, perhaps with the system message before them. It
 * checks them for tags as well, since both take reading them, and neither is needed twice.
 *
 * @param options - how to encode them
 * @param check - throws where a message may not be encoded
 * @returns a function that returns the number of tokens of a turn, with BOS and EOS. It throws PromptError with code
 *   `SPECIAL_TAG_IN_CONTENT` or `INVALID_OPTION`.
 */
export function createTurnCounter(
  options: ResolvedFit,
  check: (message: PlacedMessage) => void,
): (turn: readonly PlacedMessage[]) => number {
  const { tokenizer, specialTags, bosId, eosId } = options;
  let counts = countsOf.get(tokenizer);
  if (!counts) {
    counts = new TurnCounts();
    countsOf.set(tokenizer, counts);
  }
  const known = counts;
  const kind = `${specialTags} ${bosId} ${eosId}`;
  return (turn) =>
    known.get(kind, turn, () => {
      for (const message of turn) check(message);
      return encodeOneTurn(turn, tokenizer, options).length;
    });
}
