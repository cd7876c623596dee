// `node first-text.mjs llama2-kit`: loads cria, asks, writes the answer. A program of its own for start.mjs, which
// times it; each library is imported only where it is used, since the import is part of the time.
import { criaFacts, criaModelPath } from "@llama2-kit/cria";

const question = "Tell me a story about a fox.";
const limits = { temperature: 0, maxTokens: 2 };

if (process.argv[2] === "llama2-kit") {
  const { loadModel } = await import("@llama2-kit/inference");
  const model = await loadModel({ model: criaModelPath, gpu: false, threads: 1 });
  const stream = model.chat([{ role: "user", content: question }], limits);
  for await (const piece of stream.textStream()) process.stdout.write(piece);
  await model.dispose();
} else {
  const { getLlama, LlamaChatSession, Llama2ChatWrapper } = await import("node-llama-cpp");
  const llama = await getLlama({ gpu: false, build: "never", skipDownload: true, maxThreads: 0 });
  const model = await llama.loadModel({ modelPath: criaModelPath });
  const context = await model.createContext({ contextSize: criaFacts.contextSize, threads: 1 });
  const contextSequence = context.getSequence();
  const session = new LlamaChatSession({
    contextSequence,
    chatWrapper: new Llama2ChatWrapper(),
    systemPrompt: "",
  });
  await session.prompt(question, {
    ...limits,
    onTextChunk: (piece) => process.stdout.write(piece),
  });
  await llama.dispose();
}
