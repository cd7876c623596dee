import { criaModelPath } from "@llama2-kit/cria";
import { getLlama, LlamaLogLevel } from "node-llama-cpp";
import type { TextTokenizer } from "../src/index.ts";

/** Llama 2's tokenizer as llama.cpp runs it, from the GGUF of a model that shares the vocabulary. */
export async function loadLlama2Vocabulary(): Promise<
  TextTokenizer & { dispose(): Promise<void> }
> {
  const llama = await getLlama({
    gpu: false,
    build: "never",
    skipDownload: true,
    maxThreads: 1,
    logLevel: LlamaLogLevel.error,
  });
  const model = await llama.loadModel({ modelPath: criaModelPath, vocabOnly: true });
  return {
    encode: (text) => model.tokenize(text, false),
    dispose: () => llama.dispose(),
  };
}
