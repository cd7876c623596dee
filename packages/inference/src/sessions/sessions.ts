import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LlamaContext } from "node-llama-cpp";
import type { NativeContext } from "../engine/native-context.ts";
import type { Scheduler } from "../engine/scheduler.ts";
import type { Reservation } from "../engine/slot-pool.ts";
import { InferenceError } from "../error.ts";
import type { Generations } from "../generations.ts";
import { ModelSession } from "./model-session.ts";
import { checkSessionFile, fingerprintFile, writeSessionFile } from "./session-file.ts";

/** What {@link Sessions} work with. */
export interface SessionsParts {
  readonly id: string;
  /** Path of the model's file. */
  readonly path: string;
  readonly llamaContext: LlamaContext;
  readonly context: NativeContext;
  readonly contextSize: number;
  readonly scheduler: Scheduler;
  readonly generations: Generations;
}

/** Opens a model's sessions, and does for them what takes the whole model. */
export class Sessions {
  readonly id: string;
  readonly #parts: SessionsParts;
  #fingerprint: Promise<string> | undefined;

  constructor(parts: SessionsParts) {
    this.id = parts.id;
    this.#parts = parts;
  }

  /** @param file - a saved session to go on with */
  async open(file: string | undefined): Promise<ModelSession> {
    this.#parts.generations.refuseIfClosed();
    const reservation = this.#reserve();
    try {
      if (file !== undefined) {
        const { adapters } = await checkSessionFile(file, await this.#origin());
        await this.#load(reservation, file, adapters);
      }
      return new ModelSession(this, this.#parts.generations, reservation);
    } catch (cause) {
      this.close(reservation);
      throw cause;
    }
  }

  async save(reservation: Reservation, path: string): Promise<void> {
    const { generations, scheduler, context } = this.#parts;
    generations.refuseIfClosed(reservation);
    const { slot } = reservation;
    const origin = await this.#origin();
    await scheduler.betweenBatches(() =>
      writeSessionFile(path, { ...origin, adapters: slot.adaptersKey }, (target) =>
        context.save(target, slot.sequence, slot.tokens),
      ),
    );
  }

  async fork(reservation: Reservation): Promise<ModelSession> {
    const { generations, scheduler, context } = this.#parts;
    generations.refuseIfClosed(reservation);
    const { slot } = reservation;
    const copy = this.#reserve();
    const file = join(tmpdir(), `llama2-kit-fork-${randomBytes(6).toString("hex")}`);
    try {
      await scheduler.betweenBatches(() => context.save(file, slot.sequence, slot.tokens));
      await this.#load(copy, file, slot.adaptersKey);
      return new ModelSession(this, generations, copy);
    } catch (cause) {
      this.close(copy);
      throw cause;
    } finally {
      await rm(file, { force: true });
    }
  }

  close(reservation: Reservation): void {
    const { scheduler } = this.#parts;
    scheduler.slots.giveBack(reservation);
    scheduler.wake();
  }

  #reserve(): Reservation {
    const { scheduler, llamaContext } = this.#parts;
    const reservation = scheduler.slots.reserve();
    if (reservation) return reservation;
    const all = llamaContext.totalSequences;
    throw new InferenceError(
      "NO_FREE_SEQUENCE",
      `All ${all} sequences of ${this.id} are in use. Dispose of a session, wait for a generation to end, or load ` +
        "the model with more sequences.",
    );
  }

  async #load({ slot }: Reservation, file: string, adaptersKey: string): Promise<void> {
    const { scheduler, context, contextSize } = this.#parts;
    await scheduler.betweenBatches(async () => {
      scheduler.slots.clear(slot);
      const tokens = await context.load(file, slot.sequence, contextSize);
      slot.tokens.push(...tokens);
      slot.adaptersKey = adaptersKey;
    });
  }

  async #origin(): Promise<{ model: string; engine: string; cache: string }> {
    const { path, llamaContext } = this.#parts;
    this.#fingerprint ??= fingerprintFile(path);
    const { flashAttention, kvCacheKeyType, kvCacheValueType, totalSequences } = llamaContext;
    const { release } = llamaContext.model.llama.llamaCppRelease;
    return {
      model: await this.#fingerprint,
      engine: release,
      cache: [
        `sequences: ${totalSequences}`,
        `kvCacheType: ${kvCacheKeyType ?? "f16"}/${kvCacheValueType ?? "f16"}`,
        `flashAttention: ${flashAttention}`,
      ].join(", "),
    };
  }
}
