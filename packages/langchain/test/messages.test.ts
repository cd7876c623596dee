import {
  AIMessage,
  type BaseMessageLike,
  ChatMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { expect, test } from "vitest";
import { scriptedModel } from "../../protocol/test/scripted-model.ts";
import { ChatLlama2, LangChainAdapterError } from "../src/index.ts";

async function convert(messages: BaseMessageLike[]) {
  const model = scriptedModel([["Yes."]]);
  await new ChatLlama2({ model }).invoke(messages);
  return model.calls[0]?.messages;
}

test("a conversation keeps its turns, its texts joined and its reasoning left out", async () => {
  const messages = await convert([
    ["system", "s"],
    new HumanMessage({
      content: [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
    }),
    new AIMessage({
      content: [
        { type: "reasoning", reasoning: "hmm" },
        { type: "text", text: "c" },
      ],
    }),
    new ChatMessage({ role: "user", content: "d" }),
  ]);
  expect(messages).toEqual([
    { role: "system", content: "s" },
    { role: "user", content: "ab" },
    { role: "assistant", content: "c" },
    { role: "user", content: "d" },
  ]);
});

const picture = new HumanMessage({
  content: [
    { type: "text", text: "What is this?" },
    { type: "image_url", image_url: { url: "data:image/png;base64," } },
  ],
});
const call = new AIMessage({
  content: "",
  tool_calls: [{ id: "1", name: "weather", args: {}, type: "tool_call" }],
});

test.each<[string, BaseMessageLike[], string, number, string]>([
  ["a picture", [picture], "UNSUPPORTED_CONTENT", 0, "messages[0].content[1] is of type"],
  ["a tool call", ["Weather?", call], "UNSUPPORTED_CONTENT", 1, "messages[1] calls a tool"],
  [
    "a tool's result",
    ["Weather?", new ToolMessage({ content: "20", tool_call_id: "1" })],
    "UNSUPPORTED_ROLE",
    1,
    'messages[1] is from "tool"',
  ],
  [
    "somebody else",
    [new ChatMessage({ role: "critic", content: "Boo." })],
    "UNSUPPORTED_ROLE",
    0,
    'messages[0] is from "critic"',
  ],
  [
    "a late system message",
    ["Hi", new SystemMessage("Be brief.")],
    "MISPLACED_SYSTEM",
    1,
    "messages[1] is a system message",
  ],
])("%s is an error that says where", async (_, messages, code, messageIndex, start) => {
  const error: unknown = await convert(messages).catch((thrown: unknown) => thrown);
  expect(LangChainAdapterError.isInstance(error)).toBe(true);
  expect(error).toMatchObject({ code, messageIndex, message: expect.stringContaining(start) });
});
