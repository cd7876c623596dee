import type {
  ChatMessage,
  ChatModel,
  ChatOptions,
  GenerateOptions,
  GenerationStream,
} from "@llama2-kit/protocol";
import type { Reservation } from "../engine/slot-pool.ts";
import type { Generations } from "../generations.ts";
import type { Sessions } from "./sessions.ts";

/**
 * One of a model's sequences, kept for one conversation: nobody else's prompt displaces what is cached of it. It can be
 * saved to a file and forked. Get one from {@link LocalModel.openSession}; it is kept until its `dispose()`.
 *
 * It is a `ChatModel` like the model itself; its generations take turns.
 *
 * @example
 * ```ts
 * await using session = await model.openSession();
 * await session.chat([{ role: "user", content: longDocument }]).text();
 * await session.save("document.session");
 * // later, in another process: nothing of the document is evaluated again
 * await using again = await model.openSession({ file: "document.session" });
 * ```
 */
export class ModelSession implements ChatModel {
  /** The model's id. */
  readonly id: string;
  readonly #sessions: Sessions;
  readonly #generations: Generations;
  readonly #reservation: Reservation;

  /** @internal */
  constructor(sessions: Sessions, generations: Generations, reservation: Reservation) {
    this.id = sessions.id;
    this.#sessions = sessions;
    this.#generations = generations;
    this.#reservation = reservation;
  }

  /** The tokens that are cached; none once it was disposed of. */
  get tokens(): readonly number[] {
    return this.#reservation.isOpen ? [...this.#reservation.slot.tokens] : [];
  }

  /** As {@link LocalModel.chat}, on this session's sequence. */
  chat(messages: readonly ChatMessage[], options: ChatOptions = {}): GenerationStream {
    return this.#generations.chat(messages, options, this.#reservation);
  }

  /** As {@link LocalModel.complete}, on this session's sequence. */
  complete(prompt: string | ArrayLike<number>, options: GenerateOptions = {}): GenerationStream {
    return this.#generations.complete(prompt, options, this.#reservation);
  }

  /**
   * Writes what is cached to a file, which the same model can go on with where it is loaded with as many sequences and
   * the same settings of its cache, by the same version of llama.cpp. The file is replaced as a whole, or not at all.
   * Open only files of your own: a checksum guards against damage, not against malice.
   *
   * @throws InferenceError `BAD_PARAMETER`, `BAD_SESSION_FILE` where it cannot be written, `MODEL_NOT_FOUND` where the
   *   model's file has gone, or `DISPOSED`
   */
  async save(path: string): Promise<void> {
    await this.#sessions.save(this.#reservation, path);
  }

  /**
   * Opens another session with the same cached, to go on in another way.
   *
   * @throws InferenceError `NO_FREE_SEQUENCE` or `DISPOSED`
   */
  async fork(): Promise<ModelSession> {
    return this.#sessions.fork(this.#reservation);
  }

  /** Gives the sequence back. Generations that run or wait go on to their end, on any sequence. Calling it twice is fine. */
  async dispose(): Promise<void> {
    this.#sessions.close(this.#reservation);
  }

  /** For `await using session = await model.openSession(…)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
