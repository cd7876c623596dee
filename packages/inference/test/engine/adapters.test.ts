import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChatMessage, GenerateOptions } from "@llama2-kit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalModel } from "../../src/index.ts";
import { loadCria } from "../cria.ts";
import { ggufBytes } from "../gguf-file.ts";
import { loraFile } from "../lora-file.ts";

let folder: string;
let model: LocalModel;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llama2-kit-"));
  const write = async (name: string, seed: number) => {
    const path = join(folder, `${name}.gguf`);
    await writeFile(path, ggufBytes(loraFile({ seed, size: 1 })));
    return { name, path };
  };
  const adapters = [await write("pirate", 1), await write("poet", 2)];
  model = await loadCria({ sequences: 4, adapters });
});
afterAll(async () => {
  await model.dispose();
  await rm(folder, { recursive: true });
});

const story: ChatMessage[] = [{ role: "user", content: "Tell me a story about a fox." }];
const tell = (adapter: GenerateOptions["adapter"], maxTokens = 12) =>
  model.chat(story, { temperature: 0, maxTokens, adapter }).result;

const CHOICES: readonly GenerateOptions["adapter"][] = [
  undefined,
  "pirate",
  "poet",
  [{ name: "pirate", scale: -0.8 }],
  [{ name: "pirate" }, { name: "poet", scale: 2 }],
];

test("each generation has its own adapters, among others that have others", async () => {
  const alone: (string | undefined)[] = [];
  for (const choice of CHOICES) alone.push((await tell(choice)).text);
  expect(new Set(alone).size).toBe(CHOICES.length);

  const mixed = Array.from({ length: 20 }, (_, index) => tell(CHOICES[index % CHOICES.length]));
  const texts = (await Promise.all(mixed)).map(({ text }) => text);
  expect(texts).toEqual(mixed.map((_, index) => alone[index % CHOICES.length]));
});

test("at scale 0 the model is as it was", async () => {
  const plain = await tell(undefined);
  expect((await tell([{ name: "pirate", scale: 0 }])).text).toBe(plain.text);
});

test("what was cached with other adapters is evaluated again", async () => {
  const { usage } = await tell("pirate");
  const again = await tell("pirate");
  expect(again.usage.cachedTokens).toBe(usage.promptTokens - 1);
  await Promise.all([1, 2, 3, 4].map(() => tell("poet", 1))); // which use all sequences
  expect((await tell("pirate")).usage.cachedTokens).toBe(0);
});

test("a session keeps its cache to the adapters it was evaluated with", async () => {
  await using session = await model.openSession();
  const options = { temperature: 0, maxTokens: 5 };
  await session.chat(story, { ...options, adapter: "pirate" }).text();
  const file = join(folder, "pirate.session");
  await session.save(file);
  await using restored = await model.openSession({ file });
  const plain = await restored.chat(story, options).result;
  expect(plain.usage.cachedTokens).toBe(0);
  await using again = await model.openSession({ file });
  const pirate = await again.chat(story, { ...options, adapter: "pirate" }).result;
  expect(pirate.usage.cachedTokens).toBe(pirate.usage.promptTokens - 1);
});

test("an adapter that there is not is refused, with those that there are", async () => {
  expect(model.adapters).toEqual(["pirate", "poet"]);
  await expect(tell("cowboy")).rejects.toMatchObject({
    code: "BAD_PARAMETER",
    message: expect.stringMatching(/"pirate", "poet"/),
  });
});
