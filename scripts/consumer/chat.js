// What somebody's first JavaScript against the published packages might be.
import assert from "node:assert/strict";
import { criaModelPath } from "@llama2-kit/cria";
import { loadModel } from "@llama2-kit/inference";
import { formatChat } from "@llama2-kit/prompt";
import { renderChatTemplate } from "@llama2-kit/prompt/jinja";
import { Llama2KitError } from "@llama2-kit/protocol";

const messages = [{ role: "user", content: "My name is Zoe." }];

assert.match(formatChat(messages), /\[INST\] My name is Zoe\. \[\/INST\]/);
assert.equal(renderChatTemplate("{{ messages[0].content }}", messages), messages[0].content);
assert.throws(() => formatChat([]), Llama2KitError.isInstance);

const model = await loadModel({ model: criaModelPath, gpu: false, threads: 1 });
const answer = await model.chat(messages, { temperature: 0 }).text();
await model.dispose();
assert.match(answer, /Zoe/);
console.log(answer);
