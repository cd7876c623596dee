import { criaModelPath } from "@llama2-kit/cria";
import { readGgufFileInfo } from "node-llama-cpp";
import { afterAll, describe, expect, test } from "vitest";
import {
  type ChatMessage,
  type ChatSegment,
  chatSegments,
  encodeChat,
  type FormatOptions,
  formatChat,
} from "../src/index.ts";
import { renderChatTemplate } from "../src/jinja.ts";
import { type GoldenPrompt, golden, hasRecorded, promptErrorOf, recorded } from "./golden-data.ts";
import { loadLlama2Vocabulary } from "./llama2-vocabulary.ts";

const tokenizer = await loadLlama2Vocabulary();
afterAll(() => tokenizer.dispose());

type Prompt = Pick<GoldenPrompt, "text" | "ids"> & { segments?: ChatSegment[] };

function expectPrompt(messages: ChatMessage[], wanted: Prompt, options?: FormatOptions): void {
  expect(formatChat(messages, options)).toBe(wanted.text);
  if (wanted.segments) expect(chatSegments(messages, options)).toEqual(wanted.segments);
  expect([...encodeChat(messages, tokenizer, options).ids]).toEqual(wanted.ids);
}

function expectRefusal(messages: ChatMessage[], code: string, options?: FormatOptions): void {
  expect(promptErrorOf(() => formatChat(messages, options)).code).toBe(code);
  expect(promptErrorOf(() => chatSegments(messages, options)).code).toBe(code);
  expect(promptErrorOf(() => encodeChat(messages, tokenizer, options)).code).toBe(code);
}

describe("our own conversations, made with Python's strip and SentencePiece", () => {
  test.each(golden.prompts)("$name", ({ messages, ...wanted }) => {
    expectPrompt(messages, wanted);
  });

  test.each(golden.prefills)("$name", ({ messages, ...wanted }) => {
    expectPrompt(messages, wanted, { continueFinalMessage: true });
    expectRefusal(messages, "LAST_MESSAGE_NOT_USER");
  });

  test.each(golden.tags)("$name", ({ messages, messageIndex, ...wanted }) => {
    expectPrompt(messages, wanted, { specialTags: "allow" });
    expectRefusal(messages, "SPECIAL_TAG_IN_CONTENT");
    expect(promptErrorOf(() => formatChat(messages)).messageIndex).toBe(messageIndex);
  });

  test.each(golden.refusals)("$name", ({ messages, code, messageIndex }) => {
    expectRefusal(messages, code);
    expectRefusal(messages, code, { specialTags: "allow" });
    const error = promptErrorOf(() => formatChat(messages));
    expect(error.messageIndex).toBe(messageIndex ?? undefined);
  });
});

describe("conversations recorded from Meta's code", () => {
  test.skipIf(!hasRecorded)("are all there", () => {
    expect(recorded).toHaveLength(159);
  });

  test.each(recorded)("$id", ({ messages, meta, must, prefill }) => {
    if (must.throws) {
      expectRefusal(messages, must.throws);
      expectRefusal(messages, must.throws, { specialTags: "allow" });
    } else {
      if (must.throws_by_default) expectRefusal(messages, must.throws_by_default);
      expectPrompt(messages, meta, must.throws_by_default ? { specialTags: "allow" } : {});
    }
    if (prefill) {
      expectPrompt(messages, prefill, { specialTags: "allow", continueFinalMessage: true });
    }
  });
});

test("the chat template in Cria's GGUF makes the same prompts", async () => {
  const { metadata } = await readGgufFileInfo(criaModelPath);
  const template = metadata.tokenizer.chat_template ?? "";
  for (const { messages, text } of golden.prompts) {
    expect(renderChatTemplate(template, messages)).toBe(text);
  }
});
