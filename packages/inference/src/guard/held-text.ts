import type { TextEvent } from "@llama2-kit/protocol";

/** The events of an answer that wait to be judged. */
export class HeldText {
  #events: TextEvent[] = [];
  #released = "";

  /** How much waits, in events: about as many tokens. */
  get length(): number {
    return this.#events.length;
  }

  /** The whole answer so far: what was released, and what waits. */
  get answer(): string {
    return this.#released + this.#events.map((event) => event.text).join("");
  }

  add(event: TextEvent): void {
    this.#events.push(event);
  }

  /** Takes out what waits: it was found to be safe. */
  release(): readonly TextEvent[] {
    const events = this.#events;
    this.#released = this.answer;
    this.#events = [];
    return events;
  }
}
