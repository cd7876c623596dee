// What somebody's first JavaScript against the published packages might be.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { criaModelPath } from "@llama2-kit/cria";
import { loadModel } from "@llama2-kit/inference";
import { encodeChat, formatChat } from "@llama2-kit/prompt";
import { renderChatTemplate } from "@llama2-kit/prompt/jinja";
import { Llama2KitError } from "@llama2-kit/protocol";
import { createHandler } from "@llama2-kit/server";
import { serve } from "@llama2-kit/server/node";
import { loadTokenizer, TokenizerError } from "@llama2-kit/tokenizer";
import { llama2Tokenizer } from "@llama2-kit/tokenizer/llama2";

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
assert.throws(() => loadTokenizer(new Uint8Array(9)), TokenizerError.isInstance);

const model = await loadModel({ model: criaModelPath, gpu: false, threads: 1 });
const answer = await model.chat(messages, { temperature: 0 }).text();

const server = await serve(createHandler({ models: { cria: model } }), { port: 0 });
const response = await fetch(`${server.url}/v1/chat/completions`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model: "cria", messages, temperature: 0 }),
});
assert.equal((await response.json()).choices[0].message.content, answer);
await server.close();
assert.match(
  execFileSync("npx", ["--no-install", "llama2-server", "--help"], {
    encoding: "utf8",
    shell: true,
  }),
  /--model/,
);
await model.dispose();
assert.match(answer, /Zoe/);
console.log(answer);
