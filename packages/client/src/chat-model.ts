import {
  type ChatModel,
  createGenerationStream,
  type GenerationStream,
} from "@llama2-kit/protocol";
import { type FindDialect, generate, type Job } from "./generate.ts";
import type { Settings } from "./settings.ts";

/** Makes the part of a client that generates. `check`: throws where a job is not one to be sent. */
export function makeChatModel(
  id: string,
  settings: Settings,
  findDialect: FindDialect,
  check: (job: Job) => void,
): Pick<ChatModel, "id" | "chat" | "complete"> {
  const stream = (job: Omit<Job, "startedAt">): GenerationStream => {
    const timed = { ...job, startedAt: performance.now() };
    const run: Parameters<typeof createGenerationStream>[0] = async (controller) => {
      check(timed);
      return generate(settings, findDialect, timed, controller);
    };
    const signal = (job.options as { readonly signal?: unknown } | null)?.signal;
    return createGenerationStream(run, isSignal(signal) ? signal : undefined);
  };
  return {
    id,
    chat: (messages, options = {}) => stream({ messages, options }),
    complete: (prompt, options = {}) => stream({ prompt, options }),
  };
}

/** Whether a value is a signal, as far as we use it. */
export function isSignal(value: unknown): value is AbortSignal {
  const { aborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>;
  return typeof aborted === "boolean" && typeof addEventListener === "function";
}
