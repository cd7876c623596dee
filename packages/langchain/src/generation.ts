import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { AIMessageChunk } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import type { GenerationEvent, GenerationResult, GenerationStream } from "@llama2-kit/protocol";
import { toAnswer } from "./answer.ts";

/** A generation that has got as far as its first text, or its end. */
export interface StartedGeneration {
  readonly first: GenerationEvent | undefined;
  readonly rest: AsyncIterator<GenerationEvent, undefined>;
}

/** Reads up to the first text: what fails until then can be tried again. */
export async function startGeneration(stream: GenerationStream): Promise<StartedGeneration> {
  const rest = stream[Symbol.asyncIterator]();
  for (;;) {
    const { value } = await rest.next();
    if (value?.type !== "prompt") return { first: value, rest };
  }
}

/** Makes a chunk of each text, and one without text of the finish. Leaving the loop aborts the generation. */
export async function* toChunks(
  { first, rest }: StartedGeneration,
  modelId: string,
): AsyncGenerator<ChatGenerationChunk> {
  try {
    for (let event = first; event; event = (await rest.next()).value) {
      if (event.type === "text") yield toTextChunk(event.text);
      else if (event.type === "finish") yield toFinishChunk(event.result, modelId);
    }
  } finally {
    await rest.return?.();
  }
}

/** Reads a generation to its end, and tells each text to whoever listens. */
export async function readGeneration(
  stream: GenerationStream,
  runManager: CallbackManagerForLLMRun | undefined,
): Promise<GenerationResult> {
  if (runManager) {
    for await (const text of stream.textStream()) {
      await tellToken(runManager, toTextChunk(text));
    }
  }
  return stream.result;
}

/** Hands a chunk to the callbacks. */
export async function tellToken(
  runManager: CallbackManagerForLLMRun | undefined,
  chunk: ChatGenerationChunk,
): Promise<void> {
  const nowhere = undefined;
  await runManager?.handleLLMNewToken(chunk.text, nowhere, nowhere, nowhere, nowhere, { chunk });
}

function toTextChunk(text: string): ChatGenerationChunk {
  return new ChatGenerationChunk({ text, message: new AIMessageChunk({ content: text }) });
}

/** LangChain joins the metadata of chunks, text to text, so that it is told once. */
function toFinishChunk(result: GenerationResult, modelId: string): ChatGenerationChunk {
  const { finishReason, fields } = toAnswer("", result, modelId);
  return new ChatGenerationChunk({
    text: "",
    message: new AIMessageChunk(fields),
    generationInfo: { finish_reason: finishReason },
  });
}
