import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LlamaContext } from "node-llama-cpp";
import type { NativeContext } from "../engine/native-context.ts";
import type { Scheduler } from "../engine/scheduler.ts";
import type { Slot } from "../engine/slot.ts";
import type { Reservation } from "../engine/slot-pool.ts";
import { InferenceError } from "../error.ts";
import { type Generations, refuseIfGivenBack } from "../generations.ts";
import { fingerprintFile } from "../loading/fingerprint.ts";
import { badParameter, refuseUnknownOptions } from "../parameters.ts";
import { ModelSession } from "./model-session.ts";
import {
  badSessionFile,
  checkSessionFile,
  type SessionOrigin,
  type WrittenState,
  writeSessionFile,
} from "./session-file.ts";

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

  /** @param options - `file`: a saved session to go on with */
  async open(options: { readonly file?: string | undefined }): Promise<ModelSession> {
    const { generations, scheduler, contextSize } = this.#parts;
    refuseUnknownOptions(options, ["file"]);
    const { file } = options;
    if (file !== undefined) checkPath("file", file);
    generations.refuseIfClosed();
    const reservation = this.#reserve();
    const { slot } = reservation;
    try {
      if (file === undefined) {
        // What is cached there is somebody else's, and a session tells and saves what it has.
        await scheduler.betweenBatches(() => scheduler.slots.clear(slot));
      } else {
        const { adapters } = await checkSessionFile(file, await this.#origin(), contextSize);
        await scheduler.betweenBatches(() => this.#load(slot, file, adapters));
      }
      return new ModelSession(this, generations, reservation);
    } catch (cause) {
      this.close(reservation);
      throw cause;
    }
  }

  async save(reservation: Reservation, path: string): Promise<void> {
    const { generations, scheduler } = this.#parts;
    checkPath("path", path);
    generations.refuseIfClosed(reservation);
    // Between two batches is only what llama.cpp does: the checksum of a large file takes seconds.
    await writeSessionFile(path, await this.#origin(), (target) =>
      scheduler.betweenBatches(() => this.#save(reservation, target)),
    );
  }

  async fork(reservation: Reservation): Promise<ModelSession> {
    const { generations, scheduler } = this.#parts;
    generations.refuseIfClosed(reservation);
    const copy = this.#reserve();
    try {
      // A folder of its own, which nobody else may read.
      const folder = await mkdtemp(join(tmpdir(), "llama2-kit-fork-"));
      try {
        const file = join(folder, "state");
        await scheduler.betweenBatches(async () => {
          const { adapters } = await this.#save(reservation, file);
          await this.#load(copy.slot, file, adapters);
        });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
      return new ModelSession(this, generations, copy);
    } catch (cause) {
      this.close(copy);
      throw cause;
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

  /** Writes a slot's state. To be called between batches, as the next one. */
  async #save(reservation: Reservation, file: string): Promise<WrittenState> {
    refuseIfGivenBack(reservation); // meanwhile; the slot may have another conversation by now
    const { sequence, tokens, adaptersKey } = reservation.slot;
    await this.#parts.context.save(file, sequence, tokens);
    return { tokens: tokens.length, adapters: adaptersKey };
  }

  async #load(slot: Slot, file: string, adaptersKey: string): Promise<void> {
    const { scheduler, context, contextSize } = this.#parts;
    scheduler.slots.clear(slot);
    try {
      const tokens = await context.load(file, slot.sequence, contextSize);
      for (const token of tokens) slot.tokens.push(token); // more than a call can have arguments
      slot.adaptersKey = adaptersKey;
    } catch (cause) {
      scheduler.slots.clear(slot);
      throw badSessionFile(file, `cannot be read by llama.cpp (${String(cause)})`, cause);
    }
  }

  async #origin(): Promise<SessionOrigin> {
    const { llamaContext } = this.#parts;
    const { flashAttention, kvCacheKeyType, kvCacheValueType, totalSequences } = llamaContext;
    const { release } = llamaContext.model.llama.llamaCppRelease;
    return {
      model: await this.#findFingerprint(),
      engine: release,
      cache: [
        `sequences: ${totalSequences}`,
        `kvCacheType: ${kvCacheKeyType ?? "f16"}/${kvCacheValueType ?? "f16"}`,
        `flashAttention: ${flashAttention}`,
      ].join(", "),
    };
  }

  #findFingerprint(): Promise<string> {
    const { path } = this.#parts;
    this.#fingerprint ??= fingerprintFile(path).catch((cause) => {
      this.#fingerprint = undefined;
      const why = "which a session belongs to, is not there any more, or cannot be read";
      const message = `The model's file ${path}, ${why} (${String(cause)}).`;
      throw new InferenceError("MODEL_NOT_FOUND", message, { cause });
    });
    return this.#fingerprint;
  }
}

function checkPath(parameter: string, path: unknown): void {
  if (typeof path === "string" && path !== "") return;
  throw badParameter(parameter, path, "the path of a file");
}
