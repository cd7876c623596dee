import { criaModelPath } from "@llama2-kit/cria";
import { getLlama, LlamaLogLevel, type Token } from "node-llama-cpp";
import type { TextTokenizer } from "../src/index.ts";

interface Vocabulary extends TextTokenizer {
  decode(ids: number[]): string;
  dispose(): Promise<void>;
}

/** Llama 2's tokenizer as llama.cpp runs it, from the GGUF of a model that shares the vocabulary. */
export async function loadLlama2Vocabulary(): Promise<Vocabulary> {
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
    decode: (ids) => model.detokenize(ids as Token[]),
    dispose: () => llama.dispose(),
  };
}
