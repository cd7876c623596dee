import { criaModelPath } from "@llama2-kit/cria";
import { type LoadModelOptions, type LocalModel, loadModel } from "@llama2-kit/inference";
import { afterAll, beforeAll } from "vitest";
import { createHandler, type HandlerOptions } from "../src/index.ts";
import { type RunningServer, type ServeOptions, serve } from "../src/node/index.ts";

/** Loads cria once for a file of tests: on the CPU, with one thread. */
export function useCria(options: Partial<LoadModelOptions> = {}): () => LocalModel {
  let model: LocalModel;
  beforeAll(async () => {
    model = await loadModel({
      model: criaModelPath,
      id: "cria",
      gpu: false,
      threads: 1,
      ...options,
    });
  });
  afterAll(() => model.dispose());
  return () => model;
}

/** Serves a model on a free port for a file of tests. */
export function useServer(
  model: () => HandlerOptions["models"],
  options: Omit<HandlerOptions, "models"> = {},
  serveOptions: ServeOptions = {},
): () => RunningServer {
  let server: RunningServer;
  beforeAll(async () => {
    server = await serve(createHandler({ models: model(), ...options }), {
      port: 0,
      ...serveOptions,
    });
  });
  afterAll(() => server.close({ deadlineMs: 0 }));
  return () => server;
}
