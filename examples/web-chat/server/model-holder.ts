import { setTimeout as sleep } from "node:timers/promises";
import { createHandler, type Handler } from "@llama2-kit/server";
import type { AppError, LoadProgress, LoadRequest, ModelState } from "../src/app-api.ts";
import { describeError } from "./describe-error.ts";
import type { Machine } from "./options.ts";
import {
  findFile,
  fitsNow,
  type LoadSettings,
  loadServed,
  type ServedModel,
} from "./served-model.ts";

/** For the last answers of a model that makes room for another; then they end as they are. */
const ROOM_MS = 5000;

/** For the last answers of a model that another has taken the place of already. */
const RETIRE_MS = 600_000;

/** For requests that were on their way to a model when another took its place: their keys are being looked at. */
const GRACE_MS = 200;

/** Between two reports of progress: people see no more. */
const PROGRESS_MS = 100;

/**
 * Holds the model that answers, and puts another in its place. Where memory holds both, the first answers until the
 * second is there; else it goes first, and comes back if the second one fails.
 */
export class ModelHolder {
  readonly #machine: Machine;
  readonly #apiKeys: readonly string[];
  readonly #listeners = new Set<() => void>();
  #state: ModelState = { status: "loading", answering: undefined, source: "", progress: START };
  #version = 0;
  #answering: ServedModel | undefined;
  /** What answered last, to come back to. */
  #before: LoadRequest | undefined;
  #controller = new AbortController();
  #work: Promise<void> = Promise.resolve();
  /** Those that another has taken the place of, until they are gone. */
  readonly #retiring = new Map<ServedModel, Promise<void>>();
  #progressAt = 0;
  #hasEnded = false;

  constructor(machine: Machine, apiKeys: readonly string[]) {
    this.#machine = machine;
    this.#apiKeys = apiKeys;
  }

  get state(): ModelState {
    return this.#state;
  }

  /** The model that answers; undefined while there is none. */
  get answering(): ServedModel | undefined {
    return this.#answering;
  }

  /** Answers requests under `/v1`; while there is no model, by saying so. */
  get handler(): Handler {
    return this.#answering?.handler ?? this.#makeSubstitute();
  }

  /** The state now, and then each time that it has changed; what the reader was too slow for is left out. */
  async *states(signal: AbortSignal): AsyncGenerator<ModelState, void> {
    let wake = () => {};
    const listener = () => wake();
    this.#listeners.add(listener);
    signal.addEventListener("abort", listener);
    try {
      while (!signal.aborted) {
        const version = this.#version;
        yield this.#state;
        if (this.#version !== version || signal.aborted) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      this.#listeners.delete(listener);
      signal.removeEventListener("abort", listener);
    }
  }

  /** Has the readers of {@link states} look again, as something beside the model has changed. */
  tell(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }

  /** Begins to load another model. One that is being loaded is given up for it. */
  load(request: LoadRequest): void {
    if (this.#hasEnded) return;
    this.#controller.abort();
    const controller = new AbortController();
    this.#controller = controller;
    const { model: source } = request;
    this.#set({ status: "loading", answering: this.#answering?.facts, source, progress: START });
    this.#work = this.#work.then(() => this.#replace(request, controller));
  }

  /** Gives up what is being loaded. Does nothing where nothing is. */
  cancel(): void {
    this.#controller.abort();
  }

  /** Lets answers come to their end, but no longer than so many milliseconds. */
  async drain(deadlineMs: number): Promise<void> {
    this.#hasEnded = true;
    this.#controller.abort();
    const handlers = [this.#answering, ...this.#retiring.keys()].map((served) => served?.handler);
    await Promise.all(handlers.map((handler) => handler?.drain({ deadlineMs })));
  }

  /** Ends all that runs, and frees the memory. */
  async dispose(): Promise<void> {
    this.#hasEnded = true;
    this.#controller.abort();
    await this.#work;
    await this.#answering?.model.dispose();
    this.#answering = undefined;
    await Promise.all(this.#retiring.values());
  }

  async #replace(request: LoadRequest, controller: AbortController): Promise<void> {
    const { signal } = controller;
    const { model: source } = request;
    let error: AppError | undefined;
    try {
      signal.throwIfAborted();
      await this.#put(request, signal);
    } catch (cause) {
      error = signal.aborted ? CANCELLED : describeError(cause);
    }
    // Another is to be loaded instead, and that is what the state tells already.
    if (this.#controller !== controller || this.#hasEnded) return;
    const isBack = error === undefined || (await this.#comeBack(controller));
    if (!isBack) return;
    const answering = this.#answering?.facts;
    const isFine = answering && (error === undefined || error === CANCELLED);
    if (isFine) this.#set({ status: "ready", answering });
    else this.#set({ status: "failed", answering, source, error: error ?? CANCELLED });
  }

  async #put(request: LoadRequest, signal: AbortSignal): Promise<void> {
    const settings = this.#settings(request.model, signal);
    const file = await findFile(request, settings);
    const old = this.#answering;
    if (old && !(await fitsNow(file, request, this.#machine))) {
      signal.throwIfAborted();
      this.#answering = undefined;
      settings.onProgress({ phase: "freeing" });
      await retire(old, ROOM_MS);
    }
    signal.throwIfAborted();
    const served = await loadServed(file, request, settings);
    const replaced = this.#answering;
    this.#answering = served;
    this.#before = request;
    if (replaced) this.#retireLater(replaced);
  }

  /** Loads the model before again, where it had to go. @returns whether that was not given up for another one */
  async #comeBack(controller: AbortController): Promise<boolean> {
    const before = this.#before;
    if (this.#answering || !before) return true;
    const again = new AbortController();
    this.#controller = again;
    try {
      await this.#put(before, again.signal);
    } catch {
      this.#before = undefined; // what was wrong with the other one is what there is to tell
    }
    const isWanted = this.#controller === again && !this.#hasEnded;
    if (isWanted) this.#controller = controller;
    return isWanted;
  }

  #settings(source: string, signal: AbortSignal): LoadSettings {
    const onProgress = (progress: LoadProgress) => {
      const { status } = this.#state;
      if (signal.aborted || status !== "loading") return;
      const isNew = this.#state.progress.phase !== progress.phase || this.#state.source !== source;
      if (!isNew && performance.now() - this.#progressAt < PROGRESS_MS) return;
      this.#progressAt = performance.now();
      this.#set({ status: "loading", answering: this.#answering?.facts, source, progress });
    };
    return { machine: this.#machine, apiKeys: this.#apiKeys, signal, onProgress };
  }

  #retireLater(served: ServedModel): void {
    const retiring = sleep(GRACE_MS)
      .then(() => retire(served, RETIRE_MS))
      .catch(() => {}) // what cannot be freed is no reason to end what answers now
      .finally(() => this.#retiring.delete(served));
    this.#retiring.set(served, retiring);
  }

  #set(state: ModelState): void {
    this.#state = state;
    this.tell();
  }

  #makeSubstitute(): Handler {
    const { status } = this.#state;
    const model =
      status === "failed" ? Promise.reject(new Error("failed")) : new Promise<never>(() => {});
    model.catch(() => {}); // it is told to who asks
    const keys = this.#apiKeys.length > 0 && { apiKeys: this.#apiKeys };
    return createHandler({ models: { "The model": model }, ...keys });
  }
}

const START: LoadProgress = { phase: "starting" };

const CANCELLED: AppError = { code: "CANCELLED", message: "Loading was cancelled." };

/** Lets a model's answers come to their end, and frees its memory. */
async function retire({ handler, model }: ServedModel, deadlineMs: number): Promise<void> {
  await handler.drain({ deadlineMs });
  await model.dispose();
}
