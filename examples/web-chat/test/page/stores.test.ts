import { describe, expect, test } from "vitest";
import { type Message, newConversation, newMessage, titleOf } from "../../src/chat/conversation.ts";
import { BlockCutter } from "../../src/markdown/blocks.ts";
import { safeAddress } from "../../src/markdown/safe-address.ts";
import { applyPreset, PRESETS, presetOf } from "../../src/parameters/presets.ts";
import { PARAMETERS } from "../../src/parameters/table.ts";
import { faultOf, toWireFields } from "../../src/parameters/wire-fields.ts";
import { SettingsStore } from "../../src/store/settings.ts";
import {
  exportConversations,
  exportShareGPT,
  importConversations,
} from "../../src/store/transfer.ts";
import { UnfinishedAnswers } from "../../src/store/unfinished.ts";
import { groupByDay } from "../../src/views/sidebar/group-by-day.ts";

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

describe("parameters", () => {
  test("each have a default in their range", () => {
    for (const parameter of PARAMETERS) {
      if (parameter.default === undefined) continue;
      expect([parameter.field, faultOf(parameter, parameter.default)]).toEqual([
        parameter.field,
        undefined,
      ]);
    }
  });

  test("are written as the wire has them, and only where they are set and do something", () => {
    const values = {
      temperature: 0.5,
      stop: "END\\n\nUser:",
      logit_bias: "2: -100\n13 5",
      dry_base: 2,
      json_schema: '{"type":"object"}',
    };
    expect(toWireFields(values)).toEqual({
      temperature: 0.5,
      stop: ["END\n", "User:"],
      logit_bias: { 2: -100, 13: 5 },
      json_schema: { type: "object" },
    });
    expect(toWireFields({ dry_base: 2, dry_multiplier: 0.8 })).toHaveProperty("dry_base", 2);
  });

  test.each([
    { top_p: 2 },
    { top_k: 1.5 },
    { temperature: -1 },
    { json_schema: "{" },
    { json_schema: "[]" },
    { logit_bias: "word: 3" },
    { logit_bias: "3: 200" },
  ])("%j is refused", (values) => {
    expect(() => toWireFields(values as never)).toThrow();
  });

  test("come in presets, which leave the others alone", () => {
    for (const preset of PRESETS) {
      const values = applyPreset({ seed: 5, min_p: 0.3 }, preset);
      expect(values).toMatchObject({ seed: 5, ...preset.values });
      expect(presetOf(values)).toBe(preset.name);
    }
    expect(presetOf({})).toBe("Balanced");
    expect(presetOf({ temperature: 0.61 })).toBe("Custom");
  });
});

describe("transfer", () => {
  const conversation = { ...newConversation("Be kind."), title: "Hi", leaf: "b" };
  const message = (id: string, parent: string | null, role: Message["role"]): Message => ({
    ...newMessage(conversation.id, parent, role, `text of ${id}`),
    id,
  });
  const messages = [
    message("q", null, "user"),
    message("a", "q", "assistant"),
    message("b", "q", "assistant"),
  ];
  const stored = [{ conversation, messages }];

  test("keeps all branches, under new ids", async () => {
    const [read] = await importConversations(exportConversations(stored));
    expect(read?.conversation).toMatchObject({ title: "Hi", system: "Be kind." });
    expect(read?.conversation.id).not.toBe(conversation.id);
    expect(read?.messages.map(({ content }) => content)).toEqual(
      messages.map(({ content }) => content),
    );
    expect(read?.conversation.leaf).toBe(read?.messages[2]?.id);
    expect(read?.messages[1]?.parent).toBe(read?.messages[0]?.id);
  });

  test("writes the branch that is shown for ShareGPT, and reads it back, a record a line too", async () => {
    const text = await exportShareGPT([...stored, ...stored]);
    expect(text.split("\n")).toHaveLength(2);
    const read = await importConversations(text);
    expect(read).toHaveLength(2);
    expect(read[0]?.conversation.system).toBe("Be kind.");
    expect(read[0]?.messages.map(({ content }) => content)).toEqual(["text of q", "text of b"]);
  });

  test.each(["", "text", "{}", '{"format":"llama2-kit.conversations","version":9}', "[{}]", "[1]"])(
    "refuses %j",
    async (text) => {
      await expect(importConversations(text)).rejects.toThrow(/./);
    },
  );
});

describe("Markdown", () => {
  test("is cut into the same blocks however it comes", () => {
    const text = "# Title\n\nOne\ntwo\n\n- a\n- b\n\n  more of b\n\n```js\nx\n\ny\n```\n\nEnd";
    const whole = new BlockCutter().cut(text);
    expect(whole.length).toBeGreaterThan(3);
    for (let size = 1; size < 8; size++) {
      const cutter = new BlockCutter();
      let blocks: readonly string[] = [];
      for (let at = size; at < text.length + size; at += size)
        blocks = cutter.cut(text.slice(0, at));
      expect(blocks.map((block) => block.trim())).toEqual(whole.map((block) => block.trim()));
    }
  });

  test("has links to the web and to mail alone", () => {
    expect(safeAddress("https://a.b/c")).toBe("https://a.b/c");
    for (const address of [
      "javascript:alert(1)",
      " javascript:a",
      "JAVASCRIPT:a",
      "data:text/html,x",
      "/model",
      "#/x",
    ]) {
      expect(safeAddress(address)).toBeUndefined();
    }
  });
});

test("a title is the beginning of the question", () => {
  expect(titleOf("  What is\na llama? ")).toBe("What is a llama?");
  expect(titleOf("word ".repeat(50)).length).toBeLessThanOrEqual(61);
});

test("conversations are grouped by day", () => {
  const now = new Date(2024, 5, 15, 12).getTime();
  const at = (hours: number) => ({ ...newConversation(), updated: now - hours * 3_600_000 });
  const labels = groupByDay([at(1), at(2), at(20), at(100), at(2000)], now).map(
    ({ label }) => label,
  );
  expect(labels).toEqual(["Today", "Yesterday", "Last 7 days", "March 2024"]);
});
