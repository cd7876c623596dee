import {
  type ChatMessage,
  type ChatModel,
  type ChatOptions,
  createGenerationStream,
  type GenerationController,
  type GenerationOutcome,
} from "@llama2-kit/protocol";

/** What a scripted model does: says a text, fails, does something, or waits until it is aborted. */
export type Script = readonly (string | Error | (() => void) | typeof wait)[];

export const wait: unique symbol = Symbol("wait");

/** What a scripted model was asked. */
export interface Call {
  readonly messages: readonly ChatMessage[];
  readonly options: ChatOptions;
}

const outcome: GenerationOutcome = {
  finishReason: "stop",
  usage: { promptTokens: 12, cachedTokens: 8, completionTokens: 3 },
  timings: { totalMs: 1 },
};

/** A model that follows a script for each call, the last one from then on; and says what it was asked. */
export function scriptedModel(
  scripts: readonly Script[],
  changes: Partial<GenerationOutcome> = {},
): ChatModel & { readonly calls: Call[]; readonly aborted: () => number } {
  const calls: Call[] = [];
  let aborted = 0;
  return {
    id: "scripted",
    calls,
    aborted: () => aborted,
    chat(messages, options = {}) {
      const script = scripts[Math.min(calls.length, scripts.length - 1)] ?? [];
      calls.push({ messages, options });
      return createGenerationStream(async (controller) => {
        controller.prompt(12, 12);
        for (const step of script) {
          await perform(step, controller);
          if (!controller.signal.aborted) continue;
          aborted += 1;
          return { ...outcome, finishReason: "aborted" };
        }
        return { ...outcome, ...changes };
      }, options.signal);
    },
    complete() {
      throw new Error("Not in the script.");
    },
  };
}

async function perform(step: Script[number], { text, signal }: GenerationController) {
  await new Promise((resolve) => setTimeout(resolve));
  if (step instanceof Error) throw step;
  if (typeof step === "string") text(step);
  else if (typeof step === "function") step();
  else if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }
}
