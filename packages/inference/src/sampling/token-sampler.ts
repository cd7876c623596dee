// TEMPORARY: replaced by the sampling branch
export interface SampledToken {
  readonly token: number;
}
export interface TokenSampler {
  sample(logitIndex: number): Promise<SampledToken>;
  dispose(): void;
}
export async function createTokenSampler({
  llama,
  model,
  context,
  parameters,
}: any): Promise<TokenSampler> {
  const sampler = new llama._bindings.AddonSampler(model._model);
  const { temperature, topK, topP, minP, seed } = parameters;
  sampler.applyConfig({ temperature, topK, topP, minP, seed });
  return {
    async sample(index: number) {
      return { token: await context.sampleToken(index, sampler) };
    },
    dispose() {
      sampler.dispose();
    },
  };
}
