import { Listeners } from "../chat/listeners.ts";

/** A value that tells when it is another one. */
export class Value<T> {
  readonly #listeners = new Listeners();
  #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  get(): T {
    return this.#value;
  }

  set(value: T): void {
    if (value === this.#value) return;
    this.#value = value;
    this.#listeners.tell();
  }

  /** @returns a function that ends it */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }
}
