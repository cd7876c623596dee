import type { Embeddings, OpenAIEmbeddingList } from "@llama2-kit/protocol";
import { isRecord } from "../describe.ts";
import type { Dialect, JsonRoute, ModelInfo } from "../dialect.ts";
import { Envelope } from "../envelope.ts";
import { textOfOpenAIEvent } from "./openai-events.ts";

/** Embeddings by OpenAI's protocol. A server may answer in base64 unasked. */
const openAIEmbeddings: JsonRoute<readonly string[], Embeddings> = {
  write: (input, model) => ({
    path: "embeddings",
    body: { ...(model !== undefined && { model }), input, encoding_format: "float" },
  }),
  read(json) {
    const { data, usage } = json as OpenAIEmbeddingList;
    const inOrder = [...data].sort((a, b) => a.index - b.index);
    return {
      vectors: inOrder.map(({ embedding }) =>
        typeof embedding === "string" ? decodeFloats(embedding) : embedding,
      ),
      promptTokens: usage?.prompt_tokens ?? 0,
    };
  },
};

/** Little-endian 32-bit floats in base64. */
function decodeFloats(base64: string): number[] {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length >> 2 }, (_, index) => view.getFloat32(index * 4, true));
}

const openAIModels: JsonRoute<undefined, ModelInfo[]> = {
  write: () => ({ path: "models" }),
  read(json) {
    const { data } = json as { data: readonly unknown[] };
    return data.filter(isRecord).map(({ id, max_model_len }) => ({
      id: String(id),
      ...(typeof max_model_len === "number" && { contextSize: max_model_len }),
    }));
  },
};

/**
 * What all servers of OpenAI's protocol have besides generation, and a faster way to read that. The small client does
 * without.
 */
export const openAIExtras: Pick<Dialect, "models" | "embed" | "fastPath"> = {
  fastPath: (onText) => new Envelope(textOfOpenAIEvent, onText),
  models: openAIModels,
  embed: openAIEmbeddings,
};
