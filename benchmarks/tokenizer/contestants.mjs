// The tokenizers that are compared. Each is imported and loaded only when asked for, so that a new process shows what
// one of them takes.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * @typedef {object} Contestant
 * @property {(text: string) => ArrayLike<number> | Promise<ArrayLike<number>>} encode without BOS and EOS
 * @property {(ids: ArrayLike<number>) => string | Promise<string>} decode
 * @property {() => { push(id: number): string, flush?(): string }} [createDecoder] for a text that comes id by id
 * @property {() => Promise<void>} [dispose]
 */

export const ours = "llama2-kit";

/** @type {Record<string, (folder: string) => Promise<Contestant>>} by name; the folder has the files for peers */
export const loaders = {
  async [ours]() {
    const { llama2Tokenizer } = await import("@llama2-kit/tokenizer/llama2");
    const tokenizer = llama2Tokenizer();
    return {
      encode: (text) => tokenizer.encode(text),
      decode: (ids) => tokenizer.decode(ids),
      createDecoder: () => tokenizer.createDecoder(),
    };
  },

  async "llama-tokenizer-js"() {
    const { default: tokenizer } = await import("llama-tokenizer-js");
    return {
      encode: (text) => tokenizer.encode(text, false),
      decode: (ids) => tokenizer.decode(ids, false),
    };
  },

  async "@huggingface/tokenizers"(folder) {
    const { Tokenizer } = await import("@huggingface/tokenizers");
    const json = JSON.parse(await readFile(join(folder, "tokenizer.json"), "utf8"));
    const tokenizer = new Tokenizer(json, { clean_up_tokenization_spaces: false });
    const options = { add_special_tokens: false };
    return {
      encode: (text) => tokenizer.encode(text, options).ids,
      decode: (ids) => tokenizer.decode(ids),
    };
  },

  async tokenizers(folder) {
    const { Tokenizer } = (await import("tokenizers")).default;
    const tokenizer = Tokenizer.fromFile(join(folder, "tokenizer.json"));
    const options = { addSpecialTokens: false };
    return {
      encode: async (text) => (await tokenizer.encode(text, null, options)).getIds(),
      decode: (ids) => tokenizer.decode(ids, true),
    };
  },

  async "sentencepiece-js"(folder) {
    const { SentencePieceProcessor } = await import("sentencepiece-js");
    const processor = new SentencePieceProcessor();
    await processor.load(join(folder, "tokenizer.model"));
    // It would turn every error of this process into its own.
    for (const event of ["uncaughtException", "unhandledRejection"]) {
      process.removeAllListeners(event);
    }
    return {
      encode: (text) => processor.encodeIds(text),
      decode: (ids) => processor.decodeIds(ids),
    };
  },

  async "node-llama-cpp"() {
    const { criaModelPath } = await import("@llama2-kit/cria");
    const { getLlama, LlamaLogLevel } = await import("node-llama-cpp");
    const llama = await getLlama({
      gpu: false,
      build: "never",
      skipDownload: true,
      progressLogs: false,
      logLevel: LlamaLogLevel.warn,
      maxThreads: 0,
    });
    const model = await llama.loadModel({ modelPath: criaModelPath, vocabOnly: true });
    return {
      encode: (text) => model.tokenize(text, false),
      decode: (ids) => model.detokenize(ids),
      createDecoder: () => streamOf(model),
      dispose: () => llama.dispose(),
    };
  },
};

/** As its own chat session decodes: each token, with the one before it. */
function streamOf(model) {
  let before = [];
  return {
    push(id) {
      const text = model.detokenize([id], false, before);
      before = [id];
      return text;
    },
  };
}

/**
 * Loads all of them.
 *
 * @param {string} folder with the files for peers
 * @returns {Promise<Record<string, Contestant>>}
 */
export async function loadContestants(folder) {
  const loaded = {};
  for (const [name, load] of Object.entries(loaders)) loaded[name] = await load(folder);
  return loaded;
}
