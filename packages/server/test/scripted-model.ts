import {
  type ChatMessage,
  type ChatModel,
  type ChatOptions,
  createGenerationStream,
  type FinishReason,
  type GenerationController,
  type GenerationOutcome,
  type GenerationStream,
} from "@llama2-kit/protocol";

/** What a scripted model was asked. */
export interface Asked {
  readonly messages?: readonly ChatMessage[];
  readonly prompt?: string | ArrayLike<number>;
  readonly options: ChatOptions;
}

/** What a scripted model does: it hands on text through the controller, and returns why it ended. */
export type Script = (
  controller: GenerationController,
  asked: Asked,
) => Promise<Partial<GenerationOutcome>>;

/** A model that does as it is told, and remembers what it was asked. */
export function scriptedModel(
  script: Script,
  more: Partial<ChatModel> & { readonly load?: object } = {},
): ChatModel & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const answer = (question: Asked): GenerationStream => {
    asked.push(question);
    const run = async (controller: GenerationController) =>
      outcome(await script(controller, question));
    return createGenerationStream(run, question.options.signal);
  };
  return {
    id: "scripted",
    asked,
    chat: (messages, options = {}) => answer({ messages, options }),
    complete: (prompt, options = {}) => answer({ prompt, options }),
    ...more,
  };
}

/** A script that says something. */
export function says(...texts: string[]): Script {
  return async ({ text }) => {
    for (const piece of texts) text(piece);
    return { usage: usage(texts.length) };
  };
}

/** A script that says something, and then waits until it is aborted. */
export function saysAndWaits(...texts: string[]): Script {
  return async ({ text, signal }) => {
    for (const piece of texts) text(piece);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve());
    });
    return { finishReason: "aborted", usage: usage(texts.length) };
  };
}

function usage(completionTokens: number) {
  return { promptTokens: 3, cachedTokens: 1, completionTokens };
}

function outcome(partial: Partial<GenerationOutcome>): GenerationOutcome {
  return {
    finishReason: "stop" as FinishReason,
    usage: usage(0),
    timings: { totalMs: 2, timeToFirstTokenMs: 1 },
    ...partial,
  };
}
