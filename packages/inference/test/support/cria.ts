import { criaModelPath } from "@llama2-kit/cria";
import { afterAll, beforeAll } from "vitest";
import { type LoadModelOptions, type LocalModel, loadModel } from "../../src/index.ts";

/** Loads cria as tests must: on the CPU, with one thread. */
export function loadCria(options: Partial<LoadModelOptions> = {}): Promise<LocalModel> {
  return loadModel({ model: criaModelPath, gpu: false, threads: 1, ...options });
}

/** Loads cria once for a file of tests. */
export function useCria(options: Partial<LoadModelOptions> = {}): () => LocalModel {
  let model: LocalModel;
  beforeAll(async () => {
    model = await loadCria(options);
  });
  afterAll(() => model.dispose());
  return () => model;
}
