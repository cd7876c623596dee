import { oncePerFrame } from "./frames.ts";
import { Listeners } from "./listeners.ts";

/** The text of an answer under way. It tells of itself once a frame, however fast the tokens come. */
export class LiveText {
  readonly #listeners = new Listeners();
  readonly #tell = oncePerFrame(() => this.#listeners.tell());
  #text = "";
  #progress: number | undefined;

  get text(): string {
    return this.#text;
  }

  /** How much of the prompt has been read, from 0 to 1; undefined once it has, or where the server does not tell. */
  get progress(): number | undefined {
    return this.#progress;
  }

  /** @returns a function that ends it */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  begin(text: string): void {
    this.#text = text;
    this.#progress = undefined;
    this.#listeners.tell();
  }

  add(piece: string): void {
    this.#text += piece;
    this.#progress = undefined;
    this.#tell();
  }

  readPrompt(processed: number, total: number): void {
    this.#progress = total > 0 && processed < total ? processed / total : undefined;
    this.#tell();
  }

  end(): void {
    this.#progress = undefined;
  }
}
