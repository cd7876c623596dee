import { describe, expect, test } from "vitest";
import { type Command, parseCommand, runCommand } from "../src/commands.ts";
import { converse, useCria } from "./cria.ts";

const start = useCria();

function command(line: string): Command {
  const parsed = parseCommand(line);
  if (!parsed) throw new Error(`${line} is no command`);
  return parsed;
}

describe("which lines are commands", () => {
  test.each([
    ["/help", "/help", ""],
    ["/system", "/system", ""],
    ["/system  You are Finn. ", "/system", "You are Finn."],
    ["/system\tYou are\nFinn.", "/system", "You are\nFinn."],
    ["/params top-k=1 seed=2", "/params", "top-k=1 seed=2"],
  ])("%j is", (line, name, argument) => {
    expect(parseCommand(line)).toEqual({ name, argument });
  });

  test.each(["", "help", " /help", "/helps", "/systems are go", "/etc/hosts?", "/", "/HELP"])(
    "%j is not",
    (line) => {
      expect(parseCommand(line)).toBeUndefined();
    },
  );
});

describe("/system", () => {
  test("it shows, sets and removes the system prompt", async () => {
    const conversation = start();
    const run = (line: string) => runCommand(command(line), conversation);
    expect(await run("/system")).toEqual({ kind: "output", text: "There is no system prompt." });
    expect(await run("/system Be brief.")).toEqual({
      kind: "done",
      text: "The system prompt counts from now on.",
    });
    expect(await run("/system")).toEqual({ kind: "output", text: "Be brief." });
    await converse(conversation, ["Hello"]);
    expect(await run('/system ""')).toEqual({
      kind: "done",
      text: "There is no system prompt from now on; the conversation goes on.",
    });
    expect(conversation.system).toBeUndefined();
  });
});

describe("/params", () => {
  test("it shows all of them, and sets some", async () => {
    const conversation = start();
    const run = (line: string) => runCommand(command(line), conversation);
    expect(await run("/params")).toEqual({
      kind: "output",
      text: "temperature=0 top-p=0.9 top-k=40 min-p=0 repeat-penalty=1 seed=random max-tokens=unlimited",
    });
    expect(await run("/params seed=3 max-tokens=5")).toMatchObject({
      text: expect.stringMatching(/seed=3 max-tokens=5$/),
    });
    expect(await run("/params max-tokens=unlimited seed=random")).toMatchObject({
      text: expect.stringMatching(/seed=random max-tokens=unlimited$/),
    });
  });

  test.each([
    ["/params heat=1", 'There is no parameter "heat"'],
    ["/params topP=1", 'There is no parameter "topP"'],
    ["/params top-p", "Write top-p=value"],
    ["/params top-p=", 'top-p must be a number above 0 and at most 1; it is ""'],
    ["/params temperature=warm", 'temperature must be a number of at least 0; it is "warm"'],
    ["/params temperature=0.5 top-p=2", "topP must be"],
  ])("%j changes nothing", async (line, message) => {
    const conversation = start();
    const before = conversation.parameters;
    await expect(runCommand(command(line), conversation)).rejects.toThrow(message);
    expect(conversation.parameters).toEqual(before);
  });
});

describe("/prompt", () => {
  test("it shows the last prompt as text and as tokens, with everything visible", async () => {
    const conversation = start({ system: "Be\nbrief." });
    await converse(conversation, ["Hi  🦙"]);
    const outcome = await runCommand(command("/prompt"), conversation);
    const text = "text" in outcome ? outcome.text : "";
    expect(text.split("\n\n")[0]).toBe(
      "<s>[INST]▁<<SYS>>↵\nBe↵\nbrief.↵\n<</SYS>>↵\n↵\nHi▁▁🦙▁[/INST]",
    );
    expect(text).toMatch(/^32 tokens:$/m);
    expect(text).toMatch(/\n1 <s> +518 ▁\[ +25580 INST/);
    expect(text).toMatch(/243 <0xF0> +162 <0x9F>/);
    expect(text).toMatch(/ 13 ↵/);
  });

  test("before a question there is none", async () => {
    expect(await runCommand(command("/prompt"), start())).toEqual({
      kind: "output",
      text: "Nothing was asked yet.",
    });
  });
});

test("/help names every command", async () => {
  const outcome = await runCommand(command("/help"), start());
  const text = "text" in outcome ? outcome.text : "";
  for (const name of ["/help", "/system", "/reset", "/retry", "/params", "/prompt", "/quit"]) {
    expect(text).toContain(`${name} `);
  }
});
