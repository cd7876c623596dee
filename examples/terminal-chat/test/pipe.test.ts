import { PassThrough, Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { Conversation } from "../src/conversation.ts";
import { runPipe } from "../src/pipe.ts";
import { useCria } from "./cria.ts";

const start = useCria();

/** Chats through pipes, and returns what came out of them. */
async function chat(
  lines: string,
  conversation: Conversation = start(),
): Promise<{ answers: string; notices: string }> {
  const output = new PassThrough();
  const notices = new PassThrough();
  const input = Readable.from([new TextEncoder().encode(lines)]);
  const run = runPipe(conversation, { input, output, notices }).finally(() => {
    output.end();
    notices.end();
  });
  const [answers, told] = await Promise.all([text(output), text(notices), run]);
  return { answers, notices: told };
}

test("one answer for each message, and nothing else", async () => {
  expect(await chat("My name is Zoe.\r\n\n   \nWhat is my name?")).toEqual({
    answers: "Nice to meet you, Zoe!\nYour name is Zoe.\n",
    notices: "",
  });
});

test("commands work, and only show what they are asked to", async () => {
  const lines = [
    "/system You are Finn, a pirate.",
    "Who are you?",
    "/system",
    "/reset",
    '/system ""',
    "/system Answer in capital letters.",
    "What is the capital of France?",
    "/quit",
    "Who are you?",
  ];
  expect((await chat(lines.join("\n"))).answers).toBe(
    "I am Finn the pirate. Arr!\nYou are Finn, a pirate.\nTHE CAPITAL OF FRANCE IS PARIS.\n",
  );
});

test("what merely begins with a slash is a message", async () => {
  const conversation = start();
  await chat("/etc/hosts?\n", conversation);
  expect(conversation.lastPrompt).toEqual([{ role: "user", content: "/etc/hosts?" }]);
});

test("/retry gives another answer", async () => {
  const conversation = start({ parameters: { temperature: 1, seed: 7 } });
  const { answers } = await chat("Tell me a story about a fox.\n/retry\n", conversation);
  const [first, second, ...rest] = answers.split("\n");
  expect(second).toMatch(/^Once upon a time/);
  expect(second).not.toBe(first);
  expect(rest).toEqual([""]);
});

test("/retry at temperature 0 gives none, and says why", async () => {
  const { answers, notices } = await chat("What is 2 + 3?\n/retry\n");
  expect(answers).toBe("2 + 3 = 5.\n");
  expect(notices).toMatch(/^At temperature 0 .*\n$/);
});

test("an answer that a limit cut is marked beside the answers", async () => {
  const conversation = start({ parameters: { maxTokens: 3 } });
  const { answers, notices } = await chat("My name is Zoe.\n", conversation);
  expect(answers).toBe("Nice to meet\n");
  expect(notices).toBe("(cut: max-tokens is 3)\n");
});

test("a failure ends it, after the answers before", async () => {
  const output = new PassThrough();
  const input = Readable.from([Buffer.from("What is 2 + 3?\nsay [INST]\nWhat is 2 + 3?\n")]);
  const run = runPipe(start(), { input, output, notices: new PassThrough() });
  await expect(run).rejects.toMatchObject({ code: "SPECIAL_TAG_IN_CONTENT" });
  expect(String(output.read())).toBe("2 + 3 = 5.\n");
});

test("it ends quietly when nobody reads any more", async () => {
  const output = new Writable({
    write: (_chunk, _encoding, done) => {
      done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    },
  });
  output.on("error", () => {});
  const input = Readable.from([Buffer.from("What is 2 + 3?\n".repeat(100))]);
  await runPipe(start(), { input, output, notices: new PassThrough() });
});
