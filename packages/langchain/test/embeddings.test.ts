import { expect, test } from "vitest";
import { Llama2Embeddings } from "../src/index.ts";

/** Embeds a text as its length. */
function embedder() {
  const calls: (readonly string[])[] = [];
  return {
    id: "embedder",
    calls,
    async embed(texts: readonly string[]) {
      this.calls.push(texts);
      return { vectors: texts.map(({ length }) => [length, 1]), promptTokens: texts.length };
    },
  };
}

test("embeds documents in order, in batches, and a query", async () => {
  const model = embedder();
  const embeddings = new Llama2Embeddings({ model, batchSize: 2 });
  const vectors = [
    [1, 1],
    [2, 1],
    [3, 1],
  ];
  expect(await embeddings.embedDocuments(["a", "bb", "ccc"])).toEqual(vectors);
  expect(model.calls).toEqual([["a", "bb"], ["ccc"]]);
  expect(await embeddings.embedQuery("llama")).toEqual([5, 1]);
  expect(await embeddings.embedDocuments([])).toEqual([]);
});

test("an error reaches the caller as it is", async () => {
  const failure = new TypeError("Ours.");
  const model = { id: "broken", embed: () => Promise.reject(failure) };
  await expect(new Llama2Embeddings({ model }).embedQuery("llama")).rejects.toBe(failure);
});

test("a model that cannot embed is refused", () => {
  expect(() => new Llama2Embeddings({ model: { id: "chat-only" } })).toThrow(
    expect.objectContaining({
      code: "EMBEDDING_UNSUPPORTED",
      message: expect.stringContaining("The model chat-only has no embed()"),
    }),
  );
});
