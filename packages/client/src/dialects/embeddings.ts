import type { Embeddings, OpenAIEmbeddingList } from "@llama2-kit/protocol";
import type { JsonRoute } from "../dialect.ts";

/** Embeddings by OpenAI's protocol. A server may answer in base64 unasked. */
export const openAIEmbeddings: JsonRoute<readonly string[], Embeddings> = {
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
