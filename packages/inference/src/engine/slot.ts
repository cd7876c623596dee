import { NO_ADAPTERS } from "./native-context.ts";

/** One sequence of the context, with what its KV cache holds. */
export class Slot {
  /** The sequence's number in the context, from 0. */
  readonly sequence: number;
  /** The tokens in its KV cache. */
  readonly tokens: number[] = [];
  /** The adapters that those were evaluated with: with others, they would be other numbers. */
  adaptersKey: string = NO_ADAPTERS.key;
  /** Whether a generation runs on it. */
  isBusy = false;
  /** When it was last used: a number that grows. */
  lastUse = 0;
  /** Whether a session keeps it to itself. */
  isReserved = false;

  constructor(sequence: number) {
    this.sequence = sequence;
  }

  /** How many tokens of a prompt it holds already, from the first one on. */
  sharedLength(prompt: readonly number[], adaptersKey: string): number {
    if (adaptersKey !== this.adaptersKey) return 0;
    const most = Math.min(prompt.length, this.tokens.length);
    let length = 0;
    while (length < most && prompt[length] === this.tokens[length]) length++;
    return length;
  }
}

/**
 * Chooses the slot for a prompt: the one whose conversation it goes on with, which is the one that holds most of it
 * and has most of what it holds in it. Otherwise one of the half that has not been used for longest: the one next to
 * slots in use, because llama.cpp computes together only sequences whose numbers follow each other; among several, the
 * oldest.
 *
 * @param slots - at least one, none of them in use
 * @param isBusy - whether the slot with a number is in use
 */
export function chooseSlot(
  slots: readonly Slot[],
  prompt: readonly number[],
  adaptersKey: string,
  isBusy: (sequence: number) => boolean = () => false,
): Slot {
  let best: Slot | undefined;
  let mostShared = 0;
  for (const slot of slots) {
    const shared = slot.sharedLength(prompt, adaptersKey);
    const goesOn = 2 * shared >= slot.tokens.length;
    if (goesOn && shared > mostShared) {
      best = slot;
      mostShared = shared;
    }
  }
  return best ?? chooseExpendable(slots, isBusy);
}

function chooseExpendable(slots: readonly Slot[], isBusy: (sequence: number) => boolean): Slot {
  const oldestFirst = [...slots].sort((a, b) => a.lastUse - b.lastUse);
  const neighbours = ({ sequence }: Slot) =>
    Number(isBusy(sequence - 1)) + Number(isBusy(sequence + 1));
  return oldestFirst
    .slice(0, Math.ceil(slots.length / 2))
    .reduce((best, slot) => (neighbours(slot) > neighbours(best) ? slot : best));
}
