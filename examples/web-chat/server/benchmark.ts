import type { LocalModel } from "@llama2-kit/inference";
import type { BenchmarkEvent } from "../src/app-api.ts";
import { describeError } from "./describe-error.ts";

/** What llama.cpp's own benchmark measures with, where the context has room for it. */
const PROMPT_TOKENS = 512;
const GENERATED_TOKENS = 128;

const EOS = 2;

/** Below these are tokens that stand for no text. */
const FIRST_TEXT_TOKEN = 259;

/** Measures how fast a model reads and writes on this machine, with whatever else goes on there. */
export async function* runBenchmark(
  model: LocalModel,
  signal: AbortSignal,
): AsyncGenerator<BenchmarkEvent, void> {
  const promptTokens = Math.min(PROMPT_TOKENS, Math.floor(model.contextSize / 2));
  const generatedTokens = Math.min(GENERATED_TOKENS, Math.floor(model.contextSize / 4));
  // Else a prompt that was measured before would be found in the cache.
  const prompt = Array.from({ length: promptTokens }, () => randomToken(model));
  const limits = { temperature: 0, logitBias: { [EOS]: -100 }, signal };
  try {
    // What is read from the disk, or made ready, at the first use is not to be measured.
    await model.complete([randomToken(model)], { ...limits, maxTokens: 1 }).result;
    let promptMs = 0;
    for await (const event of model.complete(prompt, { ...limits, maxTokens: 1 })) {
      if (event.type === "prompt") {
        yield { phase: "prompt", fraction: event.processedTokens / event.promptTokens };
      }
      if (event.type !== "finish") continue;
      const { timeToFirstTokenMs = 0, queuedMs = 0 } = event.result.timings;
      promptMs = timeToFirstTokenMs - queuedMs;
    }
    let written = 0;
    let speed: number | undefined;
    const text = model.complete([randomToken(model)], { ...limits, maxTokens: generatedTokens });
    for await (const event of text) {
      if (event.type === "text") {
        written += event.tokens?.length ?? 0;
        yield { phase: "generation", fraction: written / generatedTokens };
      }
      if (event.type === "finish") speed = event.result.timings.tokensPerSecond;
    }
    signal.throwIfAborted();
    const result = {
      promptTokens,
      promptTokensPerSecond: (1000 * promptTokens) / promptMs,
      generatedTokens,
      generatedTokensPerSecond: speed ?? 0,
    };
    yield { phase: "done", result };
  } catch (error) {
    yield { phase: "error", error: describeError(error) };
  }
}

function randomToken({ vocabularySize }: LocalModel): number {
  return FIRST_TEXT_TOKEN + Math.floor(Math.random() * (vocabularySize - FIRST_TEXT_TOKEN));
}
