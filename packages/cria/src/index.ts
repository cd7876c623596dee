/**
 * Cria, a Llama 2 small enough to ship in a package: for demos, for tests, and for starting offline.
 *
 * @packageDocumentation
 */
import { fileURLToPath } from "node:url";

/**
 * The path of the model's GGUF file, for anything that loads one.
 *
 * @example
 * ```ts
 * import { criaModelPath } from "@llama2-kit/cria";
 * import { loadModel } from "@llama2-kit/inference";
 *
 * const model = await loadModel({ model: criaModelPath });
 * ```
 */
export const criaModelPath: string = fileURLToPath(
  new URL("../models/cria.Q8_0.gguf", import.meta.url),
);

/** What there is to know of the model before it is loaded. */
export interface CriaFacts {
  readonly name: string;
  /** Of the GGUF's metadata. */
  readonly architecture: string;
  /** Tokens of context it was trained on. */
  readonly contextSize: number;
  readonly vocabularySize: number;
  /** Weights; 6,144,000 of them are the (tied) embeddings. */
  readonly parameters: number;
  /** How the weights are stored, in GGML's terms. */
  readonly quantization: string;
  readonly fileBytes: number;
  readonly sha256: string;
}

/** Facts about the model, checked against the file by this package's tests. */
export const criaFacts: CriaFacts = {
  name: "Cria",
  architecture: "llama",
  contextSize: 512,
  vocabularySize: 32_000,
  parameters: 8_579_520,
  quantization: "Q8_0",
  fileBytes: 9_850_880,
  sha256: "df2f4ce48151d6cb952ca83bfd5cd624d83961aef6d949d9859f4cdeee25ea93",
};
