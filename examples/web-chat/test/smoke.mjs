// `npm test` in a copy of this folder: starts what is built, and uses it once as the page does.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../dist/server/main.js", import.meta.url));

test("the web chat starts, shows its page, answers, and ends", async () => {
  const program = spawn(process.execPath, [main, "--port", "0", "--gpu", "off", "--threads", "1"]);
  try {
    const url = await addressOf(program);
    const page = await (await fetch(url)).text();
    const [, script] = /src="(\/assets\/[^"]+\.js)"/.exec(page);
    assert.equal((await fetch(url + script)).status, 200);
    await whenReady(url);

    const messages = [{ role: "user", content: "My name is Zoe." }];
    const prompt = await ask(`${url}/app/prompt`, { messages });
    assert.equal(prompt.text, "<s>[INST] My name is Zoe. [/INST]");
    const answer = await ask(`${url}/v1/chat/completions`, { messages, temperature: 0 });
    assert.match(answer.choices[0].message.content, /Zoe/);
    assert.equal(answer.usage.prompt_tokens, prompt.tokens.length);

    const ended = new Promise((resolve) => program.once("close", resolve));
    program.kill("SIGINT");
    assert.equal(await ended, 0);
  } finally {
    program.kill("SIGKILL");
  }
});

function addressOf(program) {
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (text) => {
      output += text;
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
      if (found) resolve(found);
    };
    for (const stream of [program.stdout, program.stderr]) stream.on("data", read);
    program.once("close", () => reject(new Error(`It has ended without an address: ${output}`)));
  });
}

/** The state is told at once, and then whenever it changes. */
async function whenReady(url) {
  const leaving = new AbortController();
  const { body } = await fetch(`${url}/app/events`, { signal: leaving.signal });
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    assert.doesNotMatch(text, /"status":"failed"/);
    if (text.includes('"status":"ready"')) break;
  }
  leaving.abort();
}

async function ask(url, body) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200);
  return response.json();
}
