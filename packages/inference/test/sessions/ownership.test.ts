import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChatMessage } from "@llama2-kit/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCria } from "../support/cria.ts";

const greedy = { temperature: 0 };
const ask = (content: string): ChatMessage[] => [{ role: "user", content }];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sessions-"));
});
afterAll(() => rm(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

describe("what belongs to somebody else", () => {
  test("is not in a new session", async () => {
    await using model = await loadCria();
    await model.chat(ask("My name is Zoe."), greedy).text();
    await using session = await model.openSession();
    expect(session.tokens).toEqual([]);
  });

  test("is not told, saved or forked by a session that was disposed of meanwhile", async () => {
    await using model = await loadCria({ sequences: 2 });
    const session = await model.openSession();
    await session.chat(ask("My name is Zoe."), greedy).text();
    const saving = session.save(at("late"));
    const forking = session.fork();
    await session.dispose();
    const outcomes = await Promise.allSettled([saving, forking]);
    expect(outcomes).toMatchObject([
      { reason: { code: "DISPOSED" } },
      { reason: { code: "DISPOSED" } },
    ]);
    expect(session.tokens).toEqual([]);
    expect(await readdir(folder)).not.toContain("late");
  });

  test("stays so where generations still wait for a session that was disposed of", async () => {
    await using model = await loadCria({ sequences: 2 });
    const session = await model.openSession();
    const streams = [1, 2, 3].map(() => session.chat(ask("My name is Zoe."), greedy));
    await session.dispose();
    await using other = await model.openSession();
    await other.chat(ask("My name is Tom."), greedy).text();
    const { tokens } = other;
    for (const stream of streams) expect(await stream.text()).toBe("Nice to meet you, Zoe!");
    expect(other.tokens).toEqual(tokens);
  });
});

describe("the model's dispose", () => {
  test("ends what a session is about to do, and the process lives on", async () => {
    const path = at("kept.session");
    await using first = await loadCria({ sequences: 2 });
    await using session = await first.openSession();
    await session.chat(ask("My name is Zoe."), greedy).text();
    await session.save(path);
    for (let ms = 0; ms < 10; ms += 2) {
      const model = await loadCria({ sequences: 2 });
      const opening = model.openSession({ file: path }).then(
        () => "opened",
        (error) => error.code,
      );
      await new Promise((resolve) => setTimeout(resolve, ms));
      await model.dispose();
      expect(["opened", "DISPOSED"]).toContain(await opening);
    }
  });
});
