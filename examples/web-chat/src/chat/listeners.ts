/** Whom to tell that something has changed. */
export class Listeners {
  readonly #listeners = new Set<() => void>();

  /** @returns a function that ends it */
  add(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
