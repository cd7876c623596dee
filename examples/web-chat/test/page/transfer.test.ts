import { describe, expect, test } from "vitest";
import { type Message, newConversation, newMessage } from "../../src/chat/conversation.ts";
import {
  exportConversations,
  exportShareGPT,
  importConversations,
} from "../../src/store/transfer.ts";

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

  test("keeps all branches, under new ids", () => {
    const [read] = importConversations(exportConversations(stored));
    expect(read?.conversation).toMatchObject({ title: "Hi", system: "Be kind." });
    expect(read?.conversation.id).not.toBe(conversation.id);
    expect(read?.messages.map(({ content }) => content)).toEqual(
      messages.map(({ content }) => content),
    );
    expect(read?.conversation.leaf).toBe(read?.messages[2]?.id);
    expect(read?.messages[1]?.parent).toBe(read?.messages[0]?.id);
  });

  test("writes the branch that is shown for ShareGPT, and reads it back, a record a line too", () => {
    const text = exportShareGPT([...stored, ...stored]);
    expect(text.split("\n")).toHaveLength(2);
    const read = importConversations(text);
    expect(read).toHaveLength(2);
    expect(read[0]?.conversation.system).toBe("Be kind.");
    expect(read[0]?.messages.map(({ content }) => content)).toEqual(["text of q", "text of b"]);
  });

  test.each(["", "text", "{}", '{"format":"llama2-kit.conversations","version":9}', "[{}]", "[1]"])(
    "refuses %j",
    (text) => {
      expect(() => importConversations(text)).toThrow(/./);
    },
  );

  // biome-ignore lint/suspicious/noExplicitAny: what is wrong on purpose has no type
  type Draft = any;

  describe("of a file that somebody else has made", () => {
    const answer = { model: "m", finishReason: "stop", seed: 3 };
    const entry = (change: (entry: Draft) => void): string => {
      const data = JSON.parse(exportConversations(stored));
      data.conversations[0].messages[1].answer = { ...answer };
      change(data.conversations[0]);
      return JSON.stringify(data);
    };

    test("keeps the facts of answers that are known here, and no others", () => {
      const text = entry(({ messages }) => {
        messages[1].answer.children = { type: "img" };
        messages[0].children = [];
      });
      const [read] = importConversations(text);
      expect(read?.messages[1]?.answer).toEqual(answer);
      expect(Object.keys(read?.messages[0] ?? {}).sort()).toEqual(
        ["content", "conversation", "created", "id", "parent", "role"].sort(),
      );
    });

    test.each<[string, (entry: Draft) => void]>([
      ["conversation is missing", (entry) => delete entry.conversation],
      ["conversation.title is an object", ({ conversation }) => (conversation.title = {})],
      ["conversation.updated is 1e+300", ({ conversation }) => (conversation.updated = 1e300)],
      ['conversation.leaf is "x"', ({ conversation }) => (conversation.leaf = "x")],
      ["messages is missing", (entry) => delete entry.messages],
      ["messages[1] is 5", ({ messages }) => (messages[1] = 5)],
      ['messages[1].id is "q"', ({ messages }) => (messages[1].id = "q")],
      ["messages[0].id is 7", ({ messages }) => (messages[0].id = 7)],
      ['messages[0].parent is "a"', ({ messages }) => (messages[0].parent = "a")],
      ['messages[2].parent is "zz"', ({ messages }) => (messages[2].parent = "zz")],
      ['messages[2].role is "system"', ({ messages }) => (messages[2].role = "system")],
      ['messages[2].content is "mmm', ({ messages }) => (messages[2].content = "m".repeat(3e6))],
      ["messages[2].created is missing", ({ messages }) => delete messages[2].created],
      ["answer.finishReason is an array", ({ messages }) => (messages[1].answer.finishReason = [])],
      ["answer.seed is an object", ({ messages }) => (messages[1].answer.seed = { type: "img" })],
      ["answer.usage.promptTokens is mis", ({ messages }) => (messages[1].answer.usage = {})],
      ["answer.problem is an array", ({ messages }) => (messages[1].answer.problem = ["p"])],
    ])("is refused where %s", (fault, change) => {
      const message = errorOf(() => importConversations(entry(change)));
      expect(message).toContain(`conversations[0].`);
      expect(message).toContain(fault);
      expect(message.length).toBeLessThan(200);
    });
  });
});

function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("It threw nothing.");
}
