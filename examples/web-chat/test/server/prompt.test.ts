import { encodeChat, formatChat } from "@llama2-kit/prompt";
import type { ChatMessage } from "@llama2-kit/protocol";
import { describe, expect, test } from "vitest";
import { llama2Tokenizer } from "../../../../packages/tokenizer/src/llama2.ts";
import type { PromptView } from "../../src/app-api.ts";
import { send, useApp } from "./start-app.ts";

const app = useApp();
const tokenizer = llama2Tokenizer();

async function view(body: object): Promise<PromptView> {
  const response = await send(app(), "POST", "/app/prompt", body);
  expect(response.status).toBe(200);
  return response.json();
}

const user = (content: string): ChatMessage => ({ role: "user", content });
const assistant = (content: string): ChatMessage => ({ role: "assistant", content });
const SYSTEM: ChatMessage = { role: "system", content: "Answer in one sentence." };
const TALK = [
  SYSTEM,
  user("My name is Zoë 🦙.\nHi!"),
  assistant("Nice to meet you!"),
  user("What is my name?"),
];

describe("a conversation", () => {
  test("is shown with the ids of the packages that made the model's prompt format", async () => {
    const { tokens, text, ...counts } = await view({ messages: TALK });
    const { ids } = encodeChat(TALK, tokenizer);
    expect(tokens.map(({ id }) => id)).toEqual([...ids]);
    expect(text).toBe(formatChat(TALK));
    const known = { wholeTokens: ids.length, promptTokens: ids.length, contextSize: 512 };
    expect(counts).toEqual({ ...known, reserve: 128, dropped: [], fits: true });
  });

  test("has as many tokens as its answer says that it had", async () => {
    const { promptTokens } = await view({ messages: TALK });
    const chat = { messages: TALK, max_tokens: 1 };
    const answer = await (await send(app(), "POST", "/v1/chat/completions", chat)).json();
    expect(answer.usage.prompt_tokens).toBe(promptTokens);
  });

  test("is made of tokens whose texts make up the prompt's", async () => {
    const { tokens } = await view({ messages: TALK });
    const kinds = new Set(tokens.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(["bos", "byte", "eos", "text"]);
    expect(tokens.slice(0, 2).map(({ text }) => text)).toEqual(["<s>", " ["]);
    const llama = tokens.filter(({ text }) => text.startsWith("<0x")).map(({ text }) => text);
    expect(llama).toEqual(["<0xF0>", "<0x9F>", "<0xA6>", "<0x99>"]);
    expect(tokens).toContainEqual({ id: 13, text: "\n", kind: "byte" });
    const text = tokens.map((token) => token.text).join("");
    // Llama 2 puts a space in front of each text between two special tokens.
    const shown = text.replaceAll(/<s> /g, "<s>").replace("<0xF0><0x9F><0xA6><0x99>", "🦙");
    expect(shown).toBe(formatChat(TALK));
  });

  test("may end in an answer to be continued", async () => {
    const messages = [user("Hi"), assistant("Nice to")];
    const { tokens } = await view({ messages, continueFinalMessage: true });
    const { ids } = encodeChat(messages, tokenizer, { continueFinalMessage: true });
    expect(tokens.map(({ id }) => id)).toEqual([...ids]);
  });

  test("too long for the context says what is left out, and shows what is sent", async () => {
    const turns = Array.from({ length: 12 }, (_, index) => [
      user(`Question ${index}: ${"what is a llama? ".repeat(5)}`),
      assistant("An animal."),
    ]).flat();
    const messages = [SYSTEM, ...turns, user("And now?")];
    const shown = await view({ messages, reserve: 100 });
    expect(shown.wholeTokens).toBe(encodeChat(messages, tokenizer).ids.length);
    expect(shown.fits).toBe(true);
    expect(shown.promptTokens).toBeLessThanOrEqual(412);
    const { dropped } = shown;
    expect(dropped.length).toBeGreaterThan(0);
    expect(dropped).toEqual(dropped.map((_, index) => index + 1));
    const sent = messages.filter((_, index) => !dropped.includes(index));
    expect(shown.text).toBe(formatChat(sent));
    expect(shown.tokens).toHaveLength(shown.promptTokens);
    const answer = await send(app(), "POST", "/v1/chat/completions", {
      messages: sent,
      max_tokens: 1,
    });
    expect((await answer.json()).usage.prompt_tokens).toBe(shown.promptTokens);
  });

  test("whose newest question alone is too long says so", async () => {
    const messages = [user("Hi"), assistant("Hello"), user("what is a llama? ".repeat(100))];
    const shown = await view({ messages });
    expect(shown).toMatchObject({ fits: false, dropped: [0, 1] });
    expect(shown.promptTokens).toBeGreaterThan(512 - shown.reserve);
  });

  test("can be counted without being shown", async () => {
    const { tokens, text, ...counts } = await view({ messages: TALK });
    expect(await view({ messages: TALK, countOnly: true })).toEqual(counts);
  });
});

test("a text is shown with BOS in front, and as the model counts it", async () => {
  const prompt = "Once upon a time  there was 🦙";
  const shown = await view({ prompt });
  expect(shown.tokens.map(({ id }) => id)).toEqual([1, ...tokenizer.encode(prompt)]);
  expect(shown.text).toBe(`<s>${prompt}`);
  const completion = { prompt, max_tokens: 1 };
  const answer = await (await send(app(), "POST", "/v1/completions", completion)).json();
  expect(answer.usage.prompt_tokens).toBe(shown.promptTokens);
});

test("a text that does not fit says so", async () => {
  expect(await view({ prompt: "a b ".repeat(300), countOnly: true })).toMatchObject({
    fits: false,
  });
});

test.each([
  ["nothing", {}, "messages"],
  ["a robot", { messages: [{ role: "robot", content: "x" }] }, "messages[0].role"],
  ["no question", { messages: [SYSTEM] }, "messages[0]"],
  ["two questions", { messages: [user("a"), user("b")] }, "messages[1]"],
  ["a negative reserve", { prompt: "x", reserve: -1 }, "reserve"],
  ["a text without end", { prompt: "x".repeat(9000) }, "prompt"],
  [
    "a message without end",
    { messages: [user("x".repeat(9000))], countOnly: true },
    "messages[0].content",
  ],
])("%s is refused where it is wrong", async (_, body, param) => {
  const response = await send(app(), "POST", "/app/prompt", body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { param } });
});
