import { type NativeContext, NO_ADAPTERS } from "./native-context.ts";
import { chooseSlot, Slot } from "./slot.ts";

/** A slot that a session keeps to itself. */
export interface Reservation {
  readonly slot: Slot;
  /** False once it was given back: the slot may belong to another session by then. */
  isOpen: boolean;
}

/** The sequences of a context, and what is cached in them. */
export class SlotPool {
  readonly #context: NativeContext;
  readonly #slots: readonly Slot[];
  #uses = 0;

  constructor(context: NativeContext, sequences: number) {
    this.#context = context;
    this.#slots = Array.from({ length: sequences }, (_, sequence) => new Slot(sequence));
  }

  /** The slots on which nothing runs. */
  get free(): Slot[] {
    return this.#slots.filter((slot) => !slot.isBusy);
  }

  /** The slots that a generation could begin on: its session's own, or those that no session keeps. */
  freeFor(reservation: Reservation | undefined): Slot[] {
    // Of a session that was disposed of, the slot may belong to another one.
    if (!reservation?.isOpen) return this.free.filter((slot) => !slot.isReserved);
    return reservation.slot.isBusy ? [] : [reservation.slot];
  }

  /** Whether a generation runs on the slot with a number. */
  readonly isBusy = (sequence: number): boolean => this.#slots[sequence]?.isBusy ?? false;

  /** Has a slot hold as much of a prompt's beginning as it can, and nothing else, for these adapters. */
  prepare(slot: Slot, prompt: readonly number[], adaptersKey: string): void {
    // The last token is evaluated in any case: the next one is sampled from what comes out of it.
    const shared = Math.min(slot.sharedLength(prompt, adaptersKey), prompt.length - 1);
    if (shared < slot.tokens.length) {
      if (this.#context.truncate(slot.sequence, shared)) slot.tokens.length = shared;
      else this.clear(slot);
    }
    slot.adaptersKey = adaptersKey;
    slot.lastUse = ++this.#uses;
  }

  /** Empties a slot. */
  clear(slot: Slot): void {
    this.#context.truncate(slot.sequence, 0);
    slot.tokens.length = 0;
  }

  /** Keeps a slot for a session, the one that has not been used for longest; undefined where there is none. */
  reserve(): Reservation | undefined {
    const free = this.freeFor(undefined);
    if (free.length === 0) return undefined;
    const slot = chooseSlot(free, [], NO_ADAPTERS.key);
    slot.isReserved = true;
    slot.lastUse = ++this.#uses;
    return { slot, isOpen: true };
  }

  /** Gives a session's slot back to all. */
  giveBack(reservation: Reservation): void {
    if (!reservation.isOpen) return;
    reservation.isOpen = false;
    reservation.slot.isReserved = false;
  }
}
