import { criaModelPath } from "@llama2-kit/cria";
import type { GenerateOptions } from "@llama2-kit/protocol";
import type { Llama, LlamaContext, LlamaModel } from "node-llama-cpp";
import { afterAll, beforeAll } from "vitest";
import { getEngine } from "../../src/llama.ts";
import type { NativeSamplerConfig, SampledContext } from "../../src/sampling/native-sampler.ts";
import { nativeModel, nativeSampling } from "../../src/sampling/native-sampler.ts";
import { readSamplingParameters } from "../../src/sampling/sampling-parameters.ts";
import { createTokenSampler, type SampledToken } from "../../src/sampling/token-sampler.ts";

/** node-llama-cpp's native context, as far as these tests drive it. */
interface NativeContext extends SampledContext {
  initBatch(size: number): void;
  addToBatch(
    sequence: number,
    first: number,
    tokens: Uint32Array,
    logitIndexes: Uint32Array,
  ): Uint32Array;
  decodeBatch(): Promise<void>;
  disposeSequence(sequence: number): void;
}

/** cria without a scheduler: one sequence, driven by hand. */
export class SamplingCria {
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly native: NativeContext;
  readonly #context: LlamaContext;
  #length = 0;

  constructor(llama: Llama, model: LlamaModel, context: LlamaContext) {
    this.llama = llama;
    this.model = model;
    this.#context = context;
    this.native = (context as unknown as { _ctx: NativeContext })._ctx;
  }

  static async load(): Promise<SamplingCria> {
    const { llama } = await getEngine(false);
    const model = await llama.loadModel({ modelPath: criaModelPath, gpuLayers: 0 });
    const context = await model.createContext({ contextSize: 512, threads: 1 });
    return new SamplingCria(llama, model, context);
  }

  prompt(text: string): number[] {
    return [1, ...this.model.tokenize(`[INST] ${text} [/INST]`, false)];
  }

  /** Evaluates tokens after those before; returns where the last one's logits are. */
  async evaluate(tokens: readonly number[]): Promise<number> {
    this.native.initBatch(tokens.length);
    const last = Uint32Array.of(tokens.length - 1);
    const [index] = this.native.addToBatch(0, this.#length, Uint32Array.from(tokens), last);
    await this.native.decodeBatch();
    this.#length += tokens.length;
    return index as number;
  }

  /** Starts over with a prompt; returns where its logits are. */
  async start(prompt: readonly number[]): Promise<number> {
    this.native.disposeSequence(0);
    this.#length = 0;
    return this.evaluate(prompt);
  }

  /** Generates up to a number of tokens or the end. */
  async generate(
    prompt: readonly number[],
    options: GenerateOptions,
    count: number,
  ): Promise<SampledToken[]> {
    const parameters = readSamplingParameters(options);
    const { llama, model, native: context } = this;
    const sampler = await createTokenSampler({ llama, model, context, parameters, prompt });
    const sampled: SampledToken[] = [];
    try {
      let logits = await this.start(prompt);
      while (sampled.length < count) {
        const choice = await sampler.sample(logits);
        sampled.push(choice);
        if (model.isEogToken(choice.token as never)) break;
        logits = await this.evaluate([choice.token]);
      }
      return sampled;
    } finally {
      sampler.dispose();
    }
  }

  /** What llama.cpp's own chain leaves: ids and probabilities by turns, the likeliest first. */
  async chain(logitIndex: number, config: NativeSamplerConfig): Promise<readonly number[]> {
    const sampler = new (nativeSampling(this.llama).AddonSampler)(nativeModel(this.model));
    sampler.applyConfig(config);
    try {
      const [, list = []] = await this.native.sampleToken(logitIndex, sampler, true);
      return list;
    } finally {
      sampler.dispose();
    }
  }

  async dispose(): Promise<void> {
    await this.#context.dispose();
    await this.model.dispose();
  }
}

/** Loads cria once for a file of tests. */
export function useSamplingCria(): () => SamplingCria {
  let cria: SamplingCria;
  beforeAll(async () => {
    cria = await SamplingCria.load();
  });
  afterAll(() => cria.dispose());
  return () => cria;
}

/** The ids of tokens that were sampled. */
export function idsOf(sampled: readonly SampledToken[]): number[] {
  return sampled.map(({ token }) => token);
}
