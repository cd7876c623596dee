import type { GenerationStream } from "@llama2-kit/protocol";
import { ClientError } from "../src/index.ts";
import type { Outcome } from "./scenarios.ts";

/** A `fetch` that answers with bytes in chunks of a size, or cut at some places. */
export function fetchOf(
  body: string | Uint8Array,
  cuts: number | readonly number[] = Number.POSITIVE_INFINITY,
  init: ResponseInit = { headers: { "content-type": "text/event-stream" } },
): typeof fetch {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return async () => new Response(streamOf(cut(bytes, cuts)), init);
}

export function cut(bytes: Uint8Array, cuts: number | readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  const ends = typeof cuts === "number" ? multiples(cuts, bytes.length) : cuts;
  for (const end of [...ends, bytes.length]) {
    if (end > start) chunks.push(bytes.subarray(start, end));
    start = Math.max(start, end);
  }
  return chunks;
}

function multiples(size: number, length: number): number[] {
  const ends: number[] = [];
  for (let end = size; end < length; end += size) ends.push(end);
  return ends;
}

export function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks[next++];
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
  });
}

/** How a generation ended, in the form that scenarios tell it. Checks that the pieces make up the text. */
export async function outcomeOf(stream: GenerationStream): Promise<Outcome> {
  let pieces = "";
  try {
    for await (const piece of stream.textStream()) pieces += piece;
    const { finishReason, text } = await stream.result;
    return { finishReason, text: pieces === text ? text : `${text} is not ${pieces}` };
  } catch (error) {
    if (!ClientError.isInstance(error)) throw error;
    const { code, phase, partialText } = error;
    const text = pieces === partialText ? pieces : `${partialText} is not ${pieces}`;
    return { code, ...(phase && { phase }), text };
  }
}
