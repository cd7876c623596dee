// Asks a Llama 2 on this machine, and writes its answer as it comes:
//   node main.mjs "My name is Zoe."
//   node main.mjs "What is a llama?" hf:TheBloke/Llama-2-7B-Chat-GGUF/llama-2-7b-chat.Q4_K_M.gguf
import { criaModelPath } from "@llama2-kit/cria";
import { loadModel } from "@llama2-kit/inference";

const [question = "My name is Zoe.", path = criaModelPath] = process.argv.slice(2);

// Ctrl-C ends the answer, the download or the loading; the model is then freed as ever.
const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort());
const { signal } = interrupt;

const model = await loadModel({
  model: path,
  signal,
  onDownloadProgress: ({ downloadedBytes, totalBytes }) => {
    process.stderr.write(`\rDownloading: ${Math.floor((100 * downloadedBytes) / totalBytes)} %`);
  },
});
try {
  const stream = model.chat([{ role: "user", content: question }], { temperature: 0, signal });
  for await (const piece of stream.textStream()) process.stdout.write(piece);
  process.stdout.write("\n");
  const { usage, timings } = await stream.result;
  const speed = timings.tokensPerSecond?.toFixed(0) ?? "?";
  process.stderr.write(`${usage.completionTokens} tokens, ${speed} a second\n`);
} finally {
  await model.dispose();
}
