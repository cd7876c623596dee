// Against the packages themselves: their types check the arguments, and their code makes or takes the messages.
import {
  AIMessage,
  type BaseMessage,
  coerceMessageLikeToMessage,
  HumanMessage,
  ChatMessage as LangChainChatMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { convertToModelMessages, type UIMessage } from "ai";
import type OpenAI from "openai";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { describe, expect, test } from "vitest";
import {
  type ChatMessage,
  formatChat,
  fromLangChain,
  fromOpenAI,
  fromUIMessages,
  toLangChain,
  toOpenAI,
  toUIMessages,
} from "../src/index.ts";
import { golden, promptErrorOf } from "./golden-data.ts";

const conversation: ChatMessage[] = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Hi" },
  { role: "assistant", content: "Hello!" },
  { role: "user", content: " Bye " },
];

describe("openai", () => {
  test("messages of all roles that Llama 2 has, as text and as parts of text", () => {
    const messages: ChatCompletionMessageParam[] = [
      { role: "developer", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "H" },
          { type: "text", text: "i" },
        ],
        name: "Zoe",
      },
      { role: "assistant", content: [{ type: "refusal", refusal: "Hello!" }] },
      { role: "user", content: " Bye " },
    ];
    expect(fromOpenAI(messages)).toEqual(conversation);
  });

  test("a request's and a response's messages", () => {
    const request: OpenAI.ChatCompletionCreateParams = {
      model: "llama-2",
      messages: toOpenAI(conversation),
    };
    expect(fromOpenAI(request.messages)).toEqual(conversation);
    const response: OpenAI.ChatCompletionMessage = {
      role: "assistant",
      content: "Hello!",
      refusal: null,
    };
    expect(fromOpenAI([response])).toEqual(conversation.slice(2, 3));
  });

  test.each<[ChatCompletionMessageParam, string, RegExp]>([
    [
      { role: "user", content: [{ type: "image_url", image_url: { url: "data:" } }] },
      "UNSUPPORTED_CONTENT",
      /part \(0\) of type "image_url": Llama 2 reads text alone/,
    ],
    [
      {
        role: "assistant",
        tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "{}" } }],
      },
      "UNSUPPORTED_CONTENT",
      /calls a tool/,
    ],
    [{ role: "tool", tool_call_id: "1", content: "42" }, "UNSUPPORTED_ROLE", /from "tool"/],
    [{ role: "assistant", content: null }, "INVALID_MESSAGE", /content is null/],
  ])("%j is refused", (message, code, problem) => {
    const error = promptErrorOf(() => fromOpenAI([{ role: "user", content: "Hi" }, message]));
    expect(error).toMatchObject({ code, messageIndex: 1 });
    expect(error.message).toMatch(problem);
  });
});

describe("ai", () => {
  test("UI messages, without what only shows in the interface", () => {
    const messages: UIMessage[] = [
      { id: "1", role: "system", parts: [{ type: "text", text: "Be brief." }] },
      { id: "2", role: "user", parts: [{ type: "text", text: "Hi" }] },
      {
        id: "3",
        role: "assistant",
        parts: [
          { type: "step-start" },
          { type: "reasoning", text: "A greeting." },
          { type: "data-weather", data: {} },
          { type: "source-url", sourceId: "1", url: "https://example.com" },
          { type: "text", text: "Hel", state: "done" },
          { type: "text", text: "lo!" },
        ],
      },
      { id: "4", role: "user", parts: [{ type: "text", text: " Bye " }] },
    ];
    expect(fromUIMessages(messages)).toEqual(conversation);
  });

  test("UI messages that the AI SDK takes, and reads as the same conversation", async () => {
    const messages: UIMessage[] = toUIMessages(conversation);
    expect(fromUIMessages(messages)).toEqual(conversation);
    const models = await convertToModelMessages(messages);
    expect(models.map(({ role }) => role)).toEqual(conversation.map(({ role }) => role));
    expect(JSON.stringify(models)).toContain('"text":" Bye "');
    expect(toUIMessages(conversation, (index) => `m${index}`)[3]?.id).toBe("m3");
  });

  test.each<[UIMessage["parts"][number], RegExp]>([
    [{ type: "file", mediaType: "image/png", url: "data:" }, /of type "file"/],
    [
      {
        type: "tool-weather",
        toolCallId: "1",
        state: "output-available",
        input: {},
        output: {},
      },
      /of type "tool-weather"/,
    ],
  ])("%j is refused", (part, problem) => {
    const error = promptErrorOf(() => fromUIMessages([{ role: "user", parts: [part] }]));
    expect(error).toMatchObject({ code: "UNSUPPORTED_CONTENT", messageIndex: 0 });
    expect(error.message).toMatch(problem);
  });
});

describe("@langchain/core", () => {
  test("message objects, with text, blocks of text, or a role of their own", () => {
    const messages: BaseMessage[] = [
      new SystemMessage("Be brief."),
      new HumanMessage({ content: [{ type: "text", text: "Hi" }] }),
      new LangChainChatMessage({ role: "assistant", content: "Hello!" }),
      new HumanMessage(" Bye "),
    ];
    expect(fromLangChain(messages)).toEqual(conversation);
  });

  test("messages that LangChain takes, and reads as the same conversation", () => {
    const messages = toLangChain(conversation).map((message) =>
      coerceMessageLikeToMessage(message),
    );
    expect(messages.map((message) => message.constructor.name)).toEqual([
      "SystemMessage",
      "HumanMessage",
      "AIMessage",
      "HumanMessage",
    ]);
    expect(fromLangChain(messages)).toEqual(conversation);
  });

  test.each<[BaseMessage, string, RegExp]>([
    [
      new HumanMessage({ content: [{ type: "image_url", image_url: "data:" }] }),
      "UNSUPPORTED_CONTENT",
      /of type "image_url"/,
    ],
    [new ToolMessage({ content: "42", tool_call_id: "1" }), "UNSUPPORTED_ROLE", /from "tool"/],
    [
      new AIMessage({ content: "", tool_calls: [{ id: "1", name: "f", args: {} }] }),
      "UNSUPPORTED_CONTENT",
      /calls a tool/,
    ],
    [
      new AIMessage({ content: "", invalid_tool_calls: [{ id: "1", name: "f", args: "{" }] }),
      "UNSUPPORTED_CONTENT",
      /calls a tool/,
    ],
    [
      new AIMessage({
        content: "",
        additional_kwargs: { function_call: { name: "f", arguments: "{}" } },
      }),
      "UNSUPPORTED_CONTENT",
      /calls a tool/,
    ],
    [
      new LangChainChatMessage({
        role: "assistant",
        content: "",
        additional_kwargs: {
          tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "{}" } }],
        },
      }),
      "UNSUPPORTED_CONTENT",
      /calls a tool/,
    ],
  ])("case %# is refused", (message, code, problem) => {
    const error = promptErrorOf(() => fromLangChain([message]));
    expect(error).toMatchObject({ code, messageIndex: 0 });
    expect(error.message).toMatch(problem);
  });
});

test("there and back again, through each of them, the prompt stays the same", () => {
  for (const { messages, text } of golden.prompts) {
    expect(formatChat(fromOpenAI(toOpenAI(messages)))).toBe(text);
    expect(formatChat(fromUIMessages(toUIMessages(messages)))).toBe(text);
    const objects = toLangChain(messages).map((message) => coerceMessageLikeToMessage(message));
    expect(formatChat(fromLangChain(objects))).toBe(text);
  }
});
