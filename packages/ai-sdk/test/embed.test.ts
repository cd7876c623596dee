import { Llama2KitError } from "@llama2-kit/protocol";
import { embed, embedMany, UnsupportedFunctionalityError } from "ai";
import { expect, test } from "vitest";
import { llama2Embedding } from "../src/index.ts";

/** Embeds a text as its length. */
function embedder() {
  const calls: (readonly string[])[] = [];
  return {
    id: "embedder",
    calls,
    async embed(texts: readonly string[], options?: { signal?: AbortSignal | undefined }) {
      options?.signal?.throwIfAborted();
      this.calls.push(texts);
      return { vectors: texts.map(({ length }) => [length, 1]), promptTokens: texts.length };
    },
  };
}

test("embed returns a vector and the tokens it took", async () => {
  const { embedding, usage } = await embed({ model: llama2Embedding(embedder()), value: "llama" });
  expect(embedding).toEqual([5, 1]);
  expect(usage).toEqual({ tokens: 1 });
});

test("embedMany asks once, or as often as maxEmbeddingsPerCall makes it", async () => {
  const values = ["a", "bb", "ccc"];
  const model = embedder();
  const { embeddings } = await embedMany({ model: llama2Embedding(model), values });
  expect(embeddings).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
  ]);
  expect(model.calls).toEqual([values]);
  await embedMany({ model: llama2Embedding(model, { maxEmbeddingsPerCall: 2 }), values });
  expect(model.calls.slice(1)).toEqual([["a", "bb"], ["ccc"]]);
});

test("an abort rejects", async () => {
  const answer = embed({
    model: llama2Embedding(embedder()),
    value: "llama",
    abortSignal: AbortSignal.abort(),
  });
  await expect(answer).rejects.toMatchObject({ name: "AbortError" });
});

test("a model that cannot embed is refused", () => {
  const refusal = () => llama2Embedding({ id: "chat-only" });
  expect(refusal).toThrow("The model chat-only has no embed()");
  expect(refusal).toThrow(UnsupportedFunctionalityError);
});

test("a server's failure is tried again where that may help", async () => {
  const model = embedder();
  let failures = 0;
  const failingOnce = {
    id: "failing-once",
    embed: async (texts: readonly string[]) => {
      if (failures > 0) return model.embed(texts);
      failures += 1;
      const busy = new Llama2KitError("OVERLOADED", "The server is busy.");
      throw Object.assign(busy, { status: 503, retryable: true, retryAfterMs: 1 });
    },
  };
  const { embedding } = await embed({ model: llama2Embedding(failingOnce), value: "llama" });
  expect(embedding).toEqual([5, 1]);
});
