import type { ChatModel } from "@llama2-kit/protocol";

/** How busy a model is, as those of `@llama2-kit/inference` tell it. */
export interface ModelLoad {
  /** Generations that can run at once. */
  readonly sequences: number;
  /** Generations that run. */
  readonly running: number;
  /** Generations that wait. */
  readonly waiting: number;
}

/** What some models tell beyond the contract. */
interface Facts {
  readonly contextSize?: unknown;
  readonly load?: Partial<ModelLoad>;
}

/** Tokens that a conversation with a model may have; undefined where it does not tell. */
export function contextSizeOf(model: ChatModel): number | undefined {
  const { contextSize } = model as Facts;
  return typeof contextSize === "number" ? contextSize : undefined;
}

/** How busy a model is; undefined where it does not tell. */
export function loadOf(model: ChatModel): ModelLoad | undefined {
  const { load } = model as Facts;
  const { sequences, running, waiting } = load ?? {};
  if (sequences === undefined || running === undefined || waiting === undefined) return undefined;
  return { sequences, running, waiting };
}
