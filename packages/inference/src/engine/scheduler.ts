import type { GenerationController, GenerationOutcome } from "@llama2-kit/protocol";
import { InferenceError } from "../error.ts";
import { advance } from "./advance.ts";
import { type BatchLimits, composeBatch, type Share } from "./batch.ts";
import { Job, type JobSpec } from "./job.ts";
import { JobQueue } from "./job-queue.ts";
import { type BatchPart, type NativeContext, NO_ADAPTERS } from "./native-context.ts";
import { chooseSlot } from "./slot.ts";
import { SlotPool } from "./slot-pool.ts";

/** What a {@link Scheduler} is made of. */
export interface SchedulerOptions {
  readonly context: NativeContext;
  /** Generations that can run at once. */
  readonly sequences: number;
  /** Most generations that may wait beside those that run. */
  readonly maxQueue: number;
  /** Most tokens of prompts in a batch that has tokens of answers too. */
  readonly promptShare: number;
}

/**
 * Runs many generations on one context, in batches: each step evaluates the next token of every answer and a part
 * of every prompt at once, then samples. Generations join and leave between two steps.
 */
export class Scheduler {
  readonly slots: SlotPool;
  readonly #context: NativeContext;
  readonly #limits: BatchLimits;
  readonly #maxQueue: number;
  readonly #queue = new JobQueue<Job>();
  #running: Job[] = [];
  /** What wants the context to itself for a moment. */
  #errands: (() => Promise<void>)[] = [];
  #loop: Promise<void> | undefined;
  #isClosed = false;
  #lastAdaptersKey: string = NO_ADAPTERS.key;

  constructor({ context, sequences, maxQueue, promptShare }: SchedulerOptions) {
    this.slots = new SlotPool(context, sequences);
    this.#context = context;
    this.#limits = { size: context.batchSize, promptShare };
    this.#maxQueue = maxQueue;
  }

  /** Generations that run. */
  get runningCount(): number {
    return this.#running.filter((job) => !job.hasEnded).length;
  }

  /** Generations that wait. */
  get waitingCount(): number {
    return this.#queue.length;
  }

  /**
   * Queues a generation; its outcome comes when it has ended.
   *
   * @throws InferenceError `QUEUE_FULL`
   */
  async run(spec: JobSpec, controller: GenerationController): Promise<GenerationOutcome> {
    const job = new Job(spec, controller);
    const { signal } = controller;
    const abort = () => {
      this.#queue.remove(job);
      job.end("aborted");
    };
    if (signal.aborted) abort();
    else this.#enqueue(job);
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await job.outcome;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /**
   * Does something between two batches, while nothing else uses the context.
   *
   * @throws InferenceError `DISPOSED` where the scheduler was closed: the context may be gone
   */
  async betweenBatches<T>(errand: () => Promise<T> | T): Promise<T> {
    if (this.#isClosed) {
      throw new InferenceError("DISPOSED", "The model was disposed of. Load it again to use it.");
    }
    return new Promise<T>((resolve, reject) => {
      this.#errands.push(() => Promise.resolve().then(errand).then(resolve, reject));
      this.wake();
    });
  }

  /** Ends everything that runs or waits, as aborted. */
  abortAll(): void {
    const waiting = this.#queue.takeAll();
    for (const job of [...this.#running, ...waiting]) job.end("aborted");
  }

  #failAll(cause: unknown): void {
    for (const job of [...this.#running, ...this.#queue.takeAll()]) job.fail(cause);
    this.#releaseEnded();
  }

  /** Resolves when nothing runs any more, nor waits for something that runs. */
  async idle(): Promise<void> {
    while (this.#loop) await this.#loop;
  }

  /** Waits until it is idle, and ends what waits for a session's sequence. The context is not used any more then. */
  async close(): Promise<void> {
    await this.idle();
    this.#isClosed = true;
    await this.idle(); // what came in before it was closed
    this.abortAll();
  }

  /** Looks whether there is something to do. */
  wake(): void {
    this.#loop ??= this.#work();
  }

  #enqueue(job: Job): void {
    this.#queue.add(job);
    if (this.#countHeldUp() > this.#maxQueue) {
      this.#queue.remove(job);
      throw new InferenceError(
        "QUEUE_FULL",
        `${this.#running.length} generations run and ${this.#queue.length} wait, which is the limit (maxQueue). ` +
          "Try again when some have ended.",
      );
    }
    this.wake();
  }

  /** How many of those in the queue have to wait: the others begin with the next batch. */
  #countHeldUp(): number {
    const free = new Set(this.slots.free);
    return this.#queue.count(({ spec }) => {
      const slot = this.slots.freeFor(spec.reservation).find((each) => free.has(each));
      return !slot || !free.delete(slot);
    });
  }

  async #work(): Promise<void> {
    await Promise.resolve(); // what is asked for in the same moment begins in the same batch
    do {
      try {
        for (const errand of this.#errands.splice(0)) await errand();
        await this.#admit();
        await this.#step();
        this.#releaseEnded();
      } catch (cause) {
        this.#failAll(cause); // so that nobody waits for ever
      }
    } while (this.#running.length > 0 || this.#errands.length > 0 || this.#canAdmit());
    this.#loop = undefined; // at once after the look: nothing comes in between that nobody takes care of
  }

  #canAdmit(): boolean {
    return this.slots.free.length > 0 && this.#queue.has(this.#isReady);
  }

  readonly #isReady = ({ spec }: Job): boolean => this.slots.freeFor(spec.reservation).length > 0;

  /** Gives free slots to those that wait. */
  async #admit(): Promise<void> {
    while (this.slots.free.length > 0) {
      const job = this.#queue.take(this.#isReady);
      if (!job) return;
      this.#running.push(job);
      const { prompt, adapters, reservation } = job.spec;
      const free = this.slots.freeFor(reservation);
      const slot = chooseSlot(free, prompt, adapters.key, this.slots.isBusy);
      this.slots.prepare(slot, prompt, adapters.key);
      await job.start(slot);
    }
  }

  async #step(): Promise<void> {
    const jobs = this.#nextGroup();
    const [first] = jobs;
    if (!first) return;
    const shares = composeBatch(jobs, this.#limits).sort(bySequence);
    try {
      this.#context.useAdapters(first.spec.adapters);
      const parts = shares.map(toBatchPart);
      const logitIndexes = await this.#context.decode(parts);
      for (const [index, { job }] of shares.entries()) {
        job.slot.tokens.push(...(parts[index]?.tokens ?? []));
      }
      await advance(shares, logitIndexes);
    } catch (cause) {
      for (const { job } of shares) {
        job.fail(cause);
        this.slots.clear(job.slot); // nobody knows what llama.cpp has left in it
      }
    }
  }

  /** The running generations with one choice of adapters; the choices take turns. */
  #nextGroup(): Job[] {
    const live = this.#running.filter((job) => !job.hasEnded);
    const keys = [...new Set(live.map((job) => job.spec.adapters.key))].sort();
    const key = keys.find((other) => other > this.#lastAdaptersKey) ?? keys[0];
    this.#lastAdaptersKey = key ?? NO_ADAPTERS.key;
    return keys.length === 1 ? live : live.filter((job) => job.spec.adapters.key === key);
  }

  #releaseEnded(): void {
    if (!this.#running.some((job) => job.hasEnded)) return;
    for (const job of this.#running) if (job.hasEnded) job.release();
    this.#running = this.#running.filter((job) => !job.hasEnded);
  }
}

/**
 * llama.cpp computes together only sequences whose numbers follow each other in a batch: in another order it splits the
 * batch, down to one sequence at a time.
 */
function bySequence(a: Share, b: Share): number {
  return a.job.slot.sequence - b.job.slot.sequence;
}

function toBatchPart({ job, tokenCount }: Share): BatchPart {
  return {
    sequence: job.slot.sequence,
    position: job.slot.tokens.length,
    tokens: job.pending(tokenCount),
    wantsLogits: tokenCount === job.pendingCount,
  };
}
