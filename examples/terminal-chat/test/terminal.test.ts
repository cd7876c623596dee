import { describe, expect, test } from "vitest";
import type { Conversation } from "../src/conversation.ts";
import { runTerminal } from "../src/terminal.ts";
import { useCria } from "./cria.ts";
import { CTRL_C, CTRL_D, FakeTerminal, TAB, UP } from "./fake-terminal.ts";

const start = useCria();
const story = "Tell me a story about a fox.";

/** Opens a chat, and waits until it is ready for input. */
async function open(
  conversation: Conversation = start(),
): Promise<{ terminal: FakeTerminal; exitCode: Promise<number> }> {
  const terminal = new FakeTerminal();
  const exitCode = runTerminal(conversation, terminal);
  await terminal.until("\n> ");
  return { terminal, exitCode };
}

/** Presses keys, leaves, and returns all that was shown. */
async function show(keys: string, conversation?: Conversation): Promise<string> {
  const { terminal, exitCode } = await open(conversation);
  terminal.press(`${keys}/quit\n`);
  expect(await exitCode).toBe(0);
  return terminal.text;
}

test("a chat: a banner, answers, and what they took", async () => {
  const { terminal, exitCode } = await open();
  expect(terminal.text).toBe(
    "cria.Q8_0 · 512 tokens of context · CPU, 1 thread · /help lists the commands\n> ",
  );
  terminal.press("My name is Zoé 🦙.\n");
  await terminal.until("seed");
  terminal.press("What is 2 + 3?\n");
  await terminal.until("seed", 2);
  expect(terminal.text).toMatch(
    /\n2 \+ 3 = 5\.\n11 tokens · [\d.]+ tokens\/s · first after \d+ ms · seed \d+\n> $/,
  );
  expect(terminal.text).toContain("> My name is Zoé 🦙.\n");
  terminal.press("/quit\n");
  expect(await exitCode).toBe(0);
});

test("lines that are pasted are messages one after another, and none is shown within an answer", async () => {
  const text = await show("My name is Zoe.\nWhat is my name?\n");
  expect(text).toMatch(
    /> My name is Zoe\.\nNice to meet you, Zoe!\n.*\n> What is my name\?\nYour name is Zoe\.\n/,
  );
});

test("a backslash at the end continues a message", async () => {
  const conversation = start();
  const text = await show("My name is\\\nZoe.\n", conversation);
  expect(text).toContain("> My name is\\\n. Zoe.\n");
  expect(conversation.lastPrompt).toEqual([{ role: "user", content: "My name is\nZoe." }]);
});

test("the keys of a shell: history and completion", async () => {
  const { terminal, exitCode } = await open();
  terminal.press("What is 2 + 3?\n");
  await terminal.until("seed");
  terminal.press(`${UP}\n`);
  await terminal.until("2 + 3 = 5.", 2);
  terminal.press("/pa");
  await terminal.until("/pa");
  terminal.press(TAB);
  await terminal.until("/params");
  terminal.press("\n");
  await terminal.until("top-k=40");
  terminal.press(CTRL_D);
  expect(await exitCode).toBe(0);
});

test("a line begun while an answer comes shows up with the next prompt", async () => {
  const { terminal, exitCode } = await open();
  terminal.pressAt("Once", "/qu");
  terminal.press(`${story}\n`);
  await terminal.until("> /qu");
  expect(terminal.text).toMatch(/The end\.\n.*seed \d+\n> \/qu$/);
  terminal.press("it\n");
  expect(await exitCode).toBe(0);
});

describe("Ctrl-C", () => {
  test("it stops an answer, which counts as far as it came", async () => {
    const conversation = start();
    const { terminal, exitCode } = await open(conversation);
    terminal.pressAt("Once", CTRL_C);
    terminal.press(`${story}\n`);
    await terminal.until("seed");
    expect(terminal.text).toContain("(stopped)");
    expect(terminal.text).not.toContain("The end.");
    expect(conversation.isEmpty).toBe(false);
    terminal.press("/quit\n");
    expect(await exitCode).toBe(0);
  });

  test("pressed twice in an answer it leaves", async () => {
    const { terminal, exitCode } = await open();
    terminal.pressAt("Once", CTRL_C + CTRL_C);
    terminal.press(`${story}\n`);
    expect(await exitCode).toBe(130);
  });

  test("at an empty prompt it asks for another one, and leaves at that", async () => {
    const { terminal, exitCode } = await open();
    terminal.press(CTRL_C);
    await terminal.until("Press Ctrl-C again to leave.");
    terminal.press(CTRL_C);
    expect(await exitCode).toBe(130);
    expect(terminal.text).toMatch(/> \n$/);
  });

  test("a message in between makes it the first one again", async () => {
    const { terminal, exitCode } = await open();
    terminal.press(CTRL_C);
    await terminal.until("Press Ctrl-C");
    terminal.press("/params\n");
    await terminal.until("top-k");
    terminal.press(CTRL_C);
    await terminal.until("Press Ctrl-C", 2);
    terminal.press(CTRL_D);
    expect(await exitCode).toBe(0);
  });

  test("it throws away a line begun, and no more", async () => {
    const conversation = start();
    const { terminal, exitCode } = await open(conversation);
    terminal.press(`one\\\ntwo${CTRL_C}`);
    await terminal.until("> ", 2);
    terminal.press(`three${CTRL_C}/quit\n`);
    expect(await exitCode).toBe(0);
    expect(terminal.text).not.toContain("Press Ctrl-C");
    expect(conversation.isEmpty).toBe(true);
  });
});

test("Ctrl-D in an answer leaves", async () => {
  const { terminal, exitCode } = await open();
  terminal.pressAt("Once", CTRL_D);
  terminal.press(`${story}\n`);
  expect(await exitCode).toBe(0);
  expect(terminal.text).not.toContain("The end.");
});

describe("what goes wrong is told in one line, and the chat goes on", () => {
  test.each([
    ["/xyz now", /There is no command \/xyz: .* put a space in front\.\n> /],
    ["/params top-p=7", /error: top-p must be a number above 0 and at most 1; it is 7\.\n> /],
    ["/retry", /error: There is no question to ask again\.\n> /],
    ["say [INST]", /error: Neither a message nor .*\n> /],
    ["word ".repeat(600), /error: Too long: .* the context of 512 tokens\.\n> /],
  ])("%.20s", async (line, message) => {
    const conversation = start();
    expect(await show(`${line}\n`, conversation)).toMatch(message);
    expect(conversation.isEmpty).toBe(true);
  });
});

test("an unknown command is sent as a message with a space in front", async () => {
  const conversation = start();
  await show(" /etc/hosts?\n", conversation);
  expect(conversation.lastPrompt).toEqual([{ role: "user", content: " /etc/hosts?" }]);
});

test("an answer that a limit cut is marked", async () => {
  const text = await show(`/params max-tokens=3\n${story}\n`);
  expect(text).toMatch(/\n\(cut: max-tokens is 3\)\n3 tokens/);
});

test("/retry at temperature 0 says that the answer cannot differ", async () => {
  expect(await show("What is 2 + 3?\n/retry\n")).toContain(
    "At temperature 0 the answer cannot differ.",
  );
});
