import type { LlamaShape } from "./llama-shape.ts";

/** Everything that a Llama's configuration says, by whichever file. */
export interface LlamaConfig extends LlamaShape {
  /** Tokens of the context that it was trained on. */
  readonly contextLength: number;
  /** Added under the root of the norms. */
  readonly normEpsilon: number;
  /** The base of the rotary embedding's frequencies. */
  readonly ropeTheta: number;
  /** How the context was stretched. */
  readonly ropeScaling?: RopeScaling | undefined;
  /** Whether the output uses the embedding's matrix. */
  readonly isTied: boolean;
}

/** A context stretched beyond the one of pre-training. */
export interface RopeScaling {
  readonly type: "linear" | "yarn";
  readonly factor: number;
  /** Tokens of the context before: YaRN's formula asks for it. */
  readonly originalContextLength?: number | undefined;
}

/** Limits of what is believed of a configuration; beyond all Llamas there are, and below what would cost memory. */
const LIMITS = {
  layers: 1024,
  hidden: 2 ** 18,
  feedForward: 2 ** 20,
  heads: 2 ** 12,
  kvHeads: 2 ** 12,
  vocabulary: 2 ** 20,
} as const satisfies Record<keyof LlamaShape, number>;

/**
 * What is wrong with sizes that come from a file: an end of a sentence, or undefined where nothing is.
 */
export function findShapeProblem(shape: LlamaShape): string | undefined {
  for (const [name, limit] of Object.entries(LIMITS)) {
    const size = shape[name as keyof LlamaShape];
    if (!Number.isInteger(size) || size < 1 || size > limit) {
      return `its size "${name}" is ${size}, and should be an integer from 1 to ${limit}`;
    }
  }
  const { hidden, heads, kvHeads } = shape;
  if (hidden % (2 * heads) !== 0)
    return `its ${hidden} hidden values do not part into ${heads} even heads`;
  if (heads % kvHeads !== 0)
    return `its ${heads} heads do not share ${kvHeads} heads of keys evenly`;
  return undefined;
}
