import { describe, expect, test } from "vitest";
import { newMessage } from "../../src/chat/conversation.ts";
import { SettingsStore } from "../../src/store/settings.ts";
import { UnfinishedAnswers } from "../../src/store/unfinished.ts";

/** What a browser keeps strings in. */
function newStorage(): Storage {
  const storage = {
    getItem: (key: string) => (Object.hasOwn(storage, key) ? storage[key] : null),
    setItem(key: string, value: string) {
      storage[key] = value;
    },
    removeItem: (key: string) => delete storage[key],
  } as unknown as Storage & Record<string, string>;
  for (const name of ["getItem", "setItem", "removeItem"]) {
    Object.defineProperty(storage, name, { enumerable: false });
  }
  return storage;
}

describe("settings", () => {
  test("are there again, and what is not of the right type is as new", () => {
    const storage = newStorage();
    new SettingsStore(storage).set({ theme: "dark", parameters: { seed: 1 } });
    expect(new SettingsStore(storage).get()).toMatchObject({
      theme: "dark",
      parameters: { seed: 1 },
    });
    storage.setItem("llama2-kit.settings", '{"theme":5,"key":"k"}');
    expect(new SettingsStore(storage).get()).toMatchObject({ theme: "system", key: "k" });
    storage.setItem("llama2-kit.settings", "no JSON");
    expect(new SettingsStore(storage).get()).toMatchObject({ theme: "system" });
  });
});

describe("unfinished answers", () => {
  const message = newMessage("c", "q", "assistant", "");

  test("are found once their page is gone, and once only", () => {
    const storage = newStorage();
    new UnfinishedAnswers(storage).save(message, "So far");
    const key = Object.keys(storage)[0] ?? "";
    const entry = JSON.parse(storage.getItem(key) ?? "");
    expect(new UnfinishedAnswers(storage).recover()).toEqual([]);
    storage.setItem(key, JSON.stringify({ ...entry, left: true }));
    const [found] = new UnfinishedAnswers(storage).recover();
    expect(found).toMatchObject({ content: "So far", answer: { finishReason: "interrupted" } });
    expect(new UnfinishedAnswers(storage).recover()).toEqual([]);
  });

  test("are forgotten when they end", () => {
    const storage = newStorage();
    const unfinished = new UnfinishedAnswers(storage);
    unfinished.save(message, "So far");
    unfinished.save(message, undefined);
    expect(Object.keys(storage)).toEqual([]);
  });
});
