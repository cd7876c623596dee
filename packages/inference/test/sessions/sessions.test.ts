import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import type { ChatMessage } from "@llama2-kit/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCria, useCria } from "../support/cria.ts";

const cria = useCria({ sequences: 3 });
const greedy = { temperature: 0 };
const ask = (content: string): ChatMessage[] => [{ role: "user", content }];
const named: ChatMessage[] = [
  ...ask("My name is Zoe."),
  { role: "assistant", content: "Nice to meet you, Zoe!" },
];
const question = [...named, ...ask("What is my name?")];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sessions-"));
});
afterAll(() => rm(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

describe("a session", () => {
  test("keeps its cache, whatever else runs", async () => {
    await using session = await cria().openSession();
    await session.chat(ask("My name is Zoe."), greedy).text();
    const others = Array.from(
      { length: 6 },
      (_, index) =>
        cria().chat(ask(`My name is Tom ${index}.`), { ...greedy, maxTokens: 2 }).result,
    );
    await Promise.all(others);
    const { text, usage } = await session.chat(question, greedy).result;
    expect(text).toBe("Your name is Zoe.");
    expect(usage.cachedTokens).toBe(23); // the first turn, but for the end of its answer
    expect(session.tokens.slice(0, 3)).toEqual([1, ...cria().tokenize("[").slice(0, 1), 25580]);
  });

  test("gives its sequence back, once, and is of no use then", async () => {
    const sessions = await Promise.all([1, 2, 3].map(() => cria().openSession()));
    await expect(cria().openSession()).rejects.toMatchObject({ code: "NO_FREE_SEQUENCE" });
    const waiting = cria().chat(ask("My name is Zoe."), greedy);
    await sessions[0]?.dispose();
    expect(await waiting.text()).toBe("Nice to meet you, Zoe!");
    await using next = await cria().openSession();
    await sessions[0]?.dispose();
    await expect(sessions[0]?.chat(question).result).rejects.toMatchObject({ code: "DISPOSED" });
    expect(await next.chat(question, greedy).text()).toBe("Your name is Zoe.");
    for (const session of sessions) await session.dispose();
  });

  test("its generations take turns", async () => {
    await using session = await cria().openSession();
    const streams = [1, 2, 3].map(() => session.chat(ask("My name is Zoe."), greedy));
    for (const { result } of streams) expect((await result).text).toBe("Nice to meet you, Zoe!");
  });
});

describe("a fork", () => {
  test("goes on from the same, each in its own way", async () => {
    await using session = await cria().openSession();
    await session.chat(ask("My name is Zoe."), greedy).text();
    await using fork = await session.fork();
    expect(fork.tokens).toEqual(session.tokens);
    const [one, two] = await Promise.all([
      session.chat(question, greedy).result,
      fork.chat([...named, ...ask("Tell me a story about a fox.")], greedy).result,
    ]);
    expect(one?.text).toBe("Your name is Zoe.");
    expect(two?.text).toMatch(/fox/);
    expect(two?.usage.cachedTokens).toBe(23);
    expect((await readdir(tmpdir())).filter((name) => name.includes("llama2-kit-fork"))).toEqual(
      [],
    );
  });
});

describe("a session's file", () => {
  test("brings the cache back, in another load of the model too", async () => {
    const path = at("zoe.session");
    await using session = await cria().openSession();
    await session.chat(ask("My name is Zoe."), greedy).text();
    await session.save(path);
    await using other = await loadCria({ sequences: 3 });
    await using restored = await other.openSession({ file: path });
    expect(restored.tokens).toEqual(session.tokens);
    expect(await restored.chat(question, greedy).result).toMatchObject({
      text: "Your name is Zoe.",
      usage: { cachedTokens: 23 },
    });
    expect(await readdir(folder)).toEqual(["zoe.session"]);
  });

  test("an empty session can be saved", async () => {
    await using session = await cria().openSession();
    await session.save(at("empty"));
    await using restored = await cria().openSession({ file: at("empty") });
    expect(restored.tokens.length).toBeLessThanOrEqual(session.tokens.length);
  });

  test("can be saved while an answer is generated", async () => {
    await using session = await cria().openSession();
    const story = session.chat(ask("Tell me a story about a fox."), greedy);
    await story.textStream()[Symbol.asyncIterator]().next();
    await session.save(at("middle"));
    const whole = await story.text();
    await using restored = await cria().openSession({ file: at("middle") });
    expect(await restored.chat(ask("Tell me a story about a fox."), greedy).text()).toBe(whole);
  });

  const damages: Record<string, [(bytes: Buffer) => Buffer, RegExp]> = {
    "a bit of the state": [(bytes) => flip(bytes, 1000), /checksum/],
    "a bit of the footer's end": [(bytes) => flip(bytes, bytes.length - 3), /no saved session/],
    "its end cut off": [(bytes) => bytes.subarray(0, -20), /no saved session/],
    "its middle cut out": [
      (bytes) => Buffer.concat([bytes.subarray(0, 500), bytes.subarray(600)]),
      /another version, or is damaged/,
    ],
    nothing: [() => Buffer.alloc(0), /no saved session/],
    "a text": [() => Buffer.from("not a session at all"), /no saved session/],
    "a digit of the footer": [(bytes) => replace(bytes, /"tokens":./, '"tokens":9'), /checksum/],
    "another model": [(bytes) => replace(bytes, /"model":"./, '"model":"!'), /another model/],
    "another engine": [(bytes) => replace(bytes, /"engine":"./, '"engine":"!'), /llama\.cpp/],
    "another cache": [(bytes) => replace(bytes, /"cache":"./, '"cache":"!'), /Load it as it was/],
  };

  test.each(Object.entries(damages))("%s: refused, and why", async (_, [damage, reason]) => {
    await using session = await cria().openSession();
    await session.chat(ask("My name is Zoe."), greedy).text();
    await session.save(at("good"));
    await writeFile(at("bad"), damage(await readFile(at("good"))));
    await expect(cria().openSession({ file: at("bad") })).rejects.toMatchObject({
      code: "BAD_SESSION_FILE",
      message: expect.stringMatching(reason),
    });
    await using next = await cria().openSession(); // no sequence was lost
    expect(next.tokens).toBeDefined();
  });

  test("tells what other settings of the model it takes", async () => {
    await using session = await cria().openSession();
    await session.save(at("three"));
    await using other = await loadCria({ sequences: 1 });
    await expect(other.openSession({ file: at("three") })).rejects.toMatchObject({
      code: "BAD_SESSION_FILE",
      message: expect.stringMatching(/sequences: 3.*sequences: 1/),
    });
  });

  test("tells where the context is too small for it", async () => {
    await using session = await cria().openSession();
    await session.complete("one two ".repeat(100), { maxTokens: 1 }).text();
    await session.save(at("long"));
    await using other = await loadCria({ sequences: 3, contextSize: 64 });
    await expect(other.openSession({ file: at("long") })).rejects.toMatchObject({
      code: "BAD_SESSION_FILE",
      message: expect.stringMatching(/has 2\d\d tokens.* contextSize of 64/),
    });
  });

  test.each<[unknown, RegExp]>([
    [null, /options must be an object; it is null/],
    [{ path: "x" }, /no option "path"/],
    [{ file: "" }, /file must be the path of a file; it is ""/],
    [{ file: 5 }, /file must be the path of a file; it is 5/],
  ])("%o is no way to open one", async (options, message) => {
    await expect(cria().openSession(options as never)).rejects.toMatchObject({
      code: "BAD_PARAMETER",
      message: expect.stringMatching(message),
    });
  });

  test("has to have a name", async () => {
    await using session = await cria().openSession();
    for (const path of ["", 5, undefined]) {
      await expect(session.save(path as never)).rejects.toMatchObject({
        code: "BAD_PARAMETER",
        message: expect.stringMatching(/path must be the path of a file/),
      });
    }
  });

  test("cannot be saved where the model's file has gone", async () => {
    const gone = at("gone.gguf");
    await copyFile(criaModelPath, gone);
    await using other = await loadCria({ model: gone });
    await using session = await other.openSession();
    await rm(gone);
    await expect(session.save(at("gone"))).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
    await copyFile(criaModelPath, gone);
    await session.save(at("gone"));
  });

  test("belongs to the whole of the model's file", async () => {
    const tuned = await readFile(criaModelPath);
    const middle = tuned.length >> 1;
    tuned.fill(1, middle, middle + 2 ** 19); // as fine-tuning changes layers, and neither the header nor the output
    const path = at("tuned.gguf");
    await writeFile(path, tuned);
    await using session = await cria().openSession();
    await session.save(at("plain"));
    await using other = await loadCria({ model: path, sequences: 3, checkTensors: false });
    await expect(other.openSession({ file: at("plain") })).rejects.toMatchObject({
      message: expect.stringMatching(/another model/),
    });
  });

  test("is replaced as a whole or not at all", async () => {
    await using session = await cria().openSession();
    await expect(session.save(at("no/such/folder"))).rejects.toMatchObject({
      code: "BAD_SESSION_FILE",
      message: expect.stringMatching(/could not be written.*ENOENT/),
    });
    await expect(cria().openSession({ file: at("missing") })).rejects.toMatchObject({
      code: "BAD_SESSION_FILE",
      message: expect.stringMatching(/ENOENT/),
    });
  });

  test("belongs to the file's content, not to its name", async () => {
    const copy = at("copy.gguf");
    await copyFile(criaModelPath, copy);
    await using session = await cria().openSession();
    await session.chat(ask("My name is Zoe."), greedy).text();
    await session.save(at("moved"));
    await using other = await loadCria({ model: copy, sequences: 3 });
    await using restored = await other.openSession({ file: at("moved") });
    expect(restored.tokens.length).toBe(23);
  });
});

function flip(bytes: Buffer, index: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}

function replace(bytes: Buffer, what: RegExp, by: string): Buffer {
  return Buffer.from(bytes.toString("latin1").replace(what, by), "latin1");
}
