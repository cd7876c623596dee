// What somebody's first JavaScript against the published packages might be.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { llama2 } from "@llama2-kit/ai-sdk";
import { ClientError, createClient, toResponse } from "@llama2-kit/client";
import { createClient as createSmallClient } from "@llama2-kit/client/openai";
import { criaModelPath } from "@llama2-kit/cria";
import { loadModel } from "@llama2-kit/inference";
import { ChatLlama2 } from "@llama2-kit/langchain";
import { encodeChat, formatChat } from "@llama2-kit/prompt";
import { renderChatTemplate } from "@llama2-kit/prompt/jinja";
import { Llama2KitError } from "@llama2-kit/protocol";
import { createHandler } from "@llama2-kit/server";
import { serve } from "@llama2-kit/server/node";
import { errorResponse } from "@llama2-kit/server/routes";
import { loadTokenizer, TokenizerError } from "@llama2-kit/tokenizer";
import { createGptTokenizerFunctions } from "@llama2-kit/tokenizer/gpt";
import { llama2Tokenizer } from "@llama2-kit/tokenizer/llama2";
import { convertModel, inspectWeights, quantizeModel, WeightsError } from "@llama2-kit/weights";

const messages = [{ role: "user", content: "My name is Zoe." }];

assert.match(formatChat(messages), /\[INST\] My name is Zoe\. \[\/INST\]/);
assert.equal(renderChatTemplate("{{ messages[0].content }}", messages), messages[0].content);
assert.throws(() => formatChat([]), Llama2KitError.isInstance);

const tokenizer = llama2Tokenizer();
const { ids } = encodeChat(messages, tokenizer);
assert.equal(tokenizer.decode(ids), "[INST] My name is Zoe. [/INST]");
assert.deepEqual(
  loadTokenizer(await readFile(criaModelPath)).encode("My name is Zoe."),
  tokenizer.encode("My name is Zoe."),
);
assert.equal(createGptTokenizerFunctions(tokenizer).isWithinTokenLimit("Hello you", 1), false);
assert.throws(() => loadTokenizer(new Uint8Array(9)), TokenizerError.isInstance);

// A server in one line: what an app's own backend streams on.
const local = () => model.chat(messages, { temperature: 0 });
const remote = (create) =>
  create({ baseUrl: "http://localhost/v1", fetch: () => toResponse(local()), retries: 0 });

const model = await loadModel({ model: criaModelPath, gpu: false, threads: 1 });
const answer = await local().text();
for (const create of [createClient, createSmallClient]) {
  assert.match(await remote(create).chat(messages).text(), /Zoe/);
}
const prompt = [{ role: "user", content: [{ type: "text", text: messages[0].content }] }];
const { content } = await llama2(model).doGenerate({ prompt, temperature: 0 });
const message = await new ChatLlama2({ model, temperature: 0 }).invoke(messages[0].content);
assert.deepEqual(content, [{ type: "text", text: answer }]);
assert.equal(message.text, answer);

const server = await serve(createHandler({ models: { cria: model } }), { port: 0 });
const response = await fetch(`${server.url}/v1/chat/completions`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model: "cria", messages, temperature: 0 }),
});
assert.equal((await response.json()).choices[0].message.content, answer);
await server.close();
assert.equal(errorResponse(new Error("secret")).status, 500);
assert.match(
  execFileSync("npx", ["--no-install", "llama2-server", "--help"], {
    encoding: "utf8",
    shell: true,
  }),
  /--model/,
);
await convertModel({ input: criaModelPath, output: "cria-hf" });
await convertModel({ input: "cria-hf", output: "cria.F16.gguf" });
await quantizeModel({ input: "cria.F16.gguf", output: "cria.Q4_0.gguf", type: "Q4_0" });
const { parameters } = await inspectWeights("cria.Q4_0.gguf");
assert.equal(parameters, (await inspectWeights(criaModelPath)).parameters);
await assert.rejects(inspectWeights("chat.js"), WeightsError.isInstance);
assert.match(
  execFileSync("npx", ["--no-install", "llama2-weights", "inspect", "cria.Q4_0.gguf"], {
    encoding: "utf8",
    shell: true,
  }),
  /token_embd\.weight/,
);
const taught = [...messages, { role: "assistant", content: "Hello Zoe." }];
await writeFile("rows.jsonl", JSON.stringify({ messages: taught }));
assert.match(
  execFileSync("npx", ["--no-install", "llama2-train", "check", "--dataset", "rows.jsonl"], {
    encoding: "utf8",
    shell: true,
  }),
  /« Hello Zoe\. <\/s>»/,
);
await model.dispose();
await assert.rejects(remote(createClient).chat(messages).text(), ClientError.isInstance);
assert.match(answer, /Zoe/);
console.log(answer);
