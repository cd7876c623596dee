import type { Tensor } from "../ggml/handles.ts";
import type { Pass } from "./pass.ts";

/** The pieces of a row's tokens. */
export interface EmbeddingInputs {
  /** I32 `[tokens]`. */
  readonly ids: Tensor;
  /** I32 and I64 `[pieces]`: which pieces there are, each once. */
  readonly pieces: Tensor;
  readonly pieces64: Tensor;
  /** F32 `[pieces, tokens]`: 1 where a token is the piece, otherwise 0. */
  readonly membership: Tensor;
}

const NAME = "token_embd.weight";

/** Looks the tokens' embeddings up, as F32: `[width, tokens]`. */
export function embed({ graph, model }: Pass, { ids }: EmbeddingInputs): Tensor {
  return graph.operations.getRows(model.tensor(NAME), ids);
}

/**
 * Adds to the embeddings' gradient. Each piece's tokens are summed up first, so that only the rows that a text has
 * are touched, each once: of 32,000 pieces it has a few hundred.
 */
export function embedBack(
  { graph, model, products }: Pass,
  { pieces, pieces64, membership }: EmbeddingInputs,
  dx: Tensor,
): void {
  const gradient = model.parameter(NAME)?.gradient;
  if (!gradient) return;
  const { operations: op } = graph;
  const sums = products.outer(graph, dx, membership);
  const rows = op.add(op.getRows(gradient, pieces), sums);
  graph.compute(op.setRows(gradient, rows, pieces64));
}
