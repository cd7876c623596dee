import { checkTag, type PlacedMessage } from "./check-conversation.ts";
import type { ResolvedFit } from "./fit-options.ts";
import { encodeOneTurn } from "./transcript-ids.ts";

/** Some tens of MB of text, in a server with many conversations. One that has more starts over. */
const MAX_KEPT = 20_000;

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
  #branches = new Map<string, Branch>();
  #size = 0;

  /**
   * @param kind - tells apart turns whose texts are the same but whose tokens are not
   * @param turn - a turn
   * @param countTokens - counts the tokens of one that is new
   * @returns its number of tokens
   */
  get(kind: string, turn: readonly PlacedMessage[], countTokens: () => number): number {
    let branch = branchOf(this.#branches, kind);
    for (const { content } of turn) branch = branchOf(branch.next, content);
    if (branch.count !== undefined) return branch.count;
    const count = countTokens();
    if (this.#size >= MAX_KEPT) {
      this.#branches = new Map();
      this.#size = 0;
    }
    this.#size++;
    branch.count = count;
    return count;
  }
}

function branchOf(branches: Map<string, Branch>, text: string): Branch {
  let branch = branches.get(text);
  if (!branch) {
    branch = { next: new Map() };
    branches.set(text, branch);
  }
  return branch;
}

const countsOf = new WeakMap<object, TurnCounts>();

/**
 * Counts the tokens of complete turns: a question and its answer, perhaps with the system message before them. It
 * checks them for tags as well, since both take reading them, and neither is needed twice.
 *
 * @param options - how to encode them
 * @returns a function that returns the number of tokens of a turn, with BOS and EOS. It throws PromptError with code
 *   `SPECIAL_TAG_IN_CONTENT` or `INVALID_OPTION`.
 */
export function createTurnCounter(
  options: ResolvedFit,
): (turn: readonly PlacedMessage[]) => number {
  const { tokenizer, specialTags, bosId, eosId } = options;
  let counts = countsOf.get(tokenizer);
  if (!counts) {
    counts = new TurnCounts();
    countsOf.set(tokenizer, counts);
  }
  const known = counts;
  const [plain, withSystem] = ["user", "system"].map((first) => {
    return `${first} ${specialTags} ${bosId} ${eosId}`;
  }) as [string, string];
  return (turn) =>
    known.get(turn.length === 2 ? plain : withSystem, turn, () => {
      if (specialTags === "error") for (const message of turn) checkTag(message, message.index);
      return encodeOneTurn(turn, tokenizer, options).length;
    });
}
