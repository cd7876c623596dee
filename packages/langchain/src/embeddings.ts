import { Embeddings, type EmbeddingsParams } from "@langchain/core/embeddings";
import type { ChatModel } from "@llama2-kit/protocol";
import { LangChainAdapterError } from "./error.ts";
import { stopPointlessRetry, toHostError } from "./host-error.ts";

/** Servers limit the texts of one request; few go below this. */
const DEFAULT_BATCH_SIZE = 512;

/** What to make `Llama2Embeddings` of: a model, and LangChain's own fields. */
export interface Llama2EmbeddingsFields extends EmbeddingsParams {
  /** What embeds. */
  readonly model: Pick<ChatModel, "id" | "embed">;
  /** Most texts in one call; 512 by default. */
  readonly batchSize?: number | undefined;
}

/**
 * LangChain embeddings by any `ChatModel` that has `embed`.
 *
 * @example
 * ```ts
 * const embeddings = new Llama2Embeddings({ model });
 * const vectors = await embeddings.embedDocuments(["a llama", "an alpaca"]);
 * ```
 */
export class Llama2Embeddings extends Embeddings {
  readonly #embed: NonNullable<ChatModel["embed"]>;
  readonly #batchSize: number;

  /**
   * @param fields - the model, and LangChain's own fields. `maxRetries` is 0 by default.
   * @throws {@link LangChainAdapterError} with code `EMBEDDING_UNSUPPORTED` where the model has no `embed`
   */
  constructor(fields: Llama2EmbeddingsFields) {
    super({ maxRetries: 0, onFailedAttempt: stopPointlessRetry, ...fields });
    const { model, batchSize = DEFAULT_BATCH_SIZE } = fields;
    if (!model.embed) {
      throw new LangChainAdapterError(
        "EMBEDDING_UNSUPPORTED",
        `The model ${model.id} has no embed(): take one whose server or context has embeddings.`,
      );
    }
    this.#embed = model.embed.bind(model);
    this.#batchSize = batchSize;
  }

  /** @returns a vector for each text, in their order */
  async embedDocuments(documents: string[]): Promise<number[][]> {
    const batches: Promise<number[][]>[] = [];
    for (let start = 0; start < documents.length; start += this.#batchSize) {
      batches.push(this.#embedBatch(documents.slice(start, start + this.#batchSize)));
    }
    return (await Promise.all(batches)).flat();
  }

  /** @returns the text's vector */
  async embedQuery(document: string): Promise<number[]> {
    const [vector = []] = await this.#embedBatch([document]);
    return vector;
  }

  async #embedBatch(texts: string[]): Promise<number[][]> {
    try {
      const { vectors } = await this.caller.call(() => this.#embed(texts));
      return vectors.map((vector) => [...vector]);
    } catch (error) {
      throw toHostError(error);
    }
  }
}
