import { ContextOverflowError } from "@langchain/core/errors";
import { Llama2KitError } from "@llama2-kit/protocol";
import { afterEach, describe, expect, test, vi } from "vitest";
import { scriptedModel } from "../../protocol/test/scripted-model.ts";
import { ChatLlama2 } from "../src/index.ts";

/** An error as `@llama2-kit/client` throws it. */
function serverError(retryable: boolean) {
  return Object.assign(new Llama2KitError("OVERLOADED", "The server is busy."), { retryable });
}

async function readAll(chat: ChatLlama2) {
  let text = "";
  for await (const chunk of await chat.stream("Hi")) text += chunk.text;
  return text;
}

describe("an error", () => {
  test("reaches the caller and the callbacks as it is, with the text so far", async () => {
    const failure = new Llama2KitError("GENERATION_FAILED", "The GPU is gone.");
    const model = scriptedModel([["Llamas ", failure]]);
    const chat = new ChatLlama2({ model });
    const heard: unknown[] = [];
    const callbacks = [{ handleLLMError: (error: unknown) => void heard.push(error) }];
    await expect(chat.invoke("Hi", { callbacks })).rejects.toBe(failure);
    expect(heard).toEqual([failure]);
    expect(failure.partialText).toBe("Llamas ");
    await expect(readAll(chat)).rejects.toBe(failure);
  });

  test("about a prompt that is too long is LangChain's, with ours as its cause", async () => {
    const failure = new Llama2KitError("CONTEXT_OVERFLOW", "Too long by 7 tokens.");
    const chat = new ChatLlama2({ model: scriptedModel([[failure]]) });
    for (const answer of [chat.invoke("Hi"), readAll(chat)]) {
      const error: unknown = await answer.catch((thrown: unknown) => thrown);
      expect(ContextOverflowError.isInstance(error)).toBe(true);
      expect(error).toMatchObject({ message: "Too long by 7 tokens.", cause: failure });
    }
  });

  test("of a server says to LangChain whether trying again may help", async () => {
    for (const retryable of [true, false]) {
      const chat = new ChatLlama2({ model: scriptedModel([[serverError(retryable)]]) });
      const error: unknown = await chat.invoke("Hi").catch((thrown: unknown) => thrown);
      const symbol = Symbol.for("langchain.errors.retryable");
      expect(Object.getOwnPropertyDescriptor(error, symbol)?.value).toBe(retryable);
    }
  });
});

describe("trying again", () => {
  afterEach(() => void vi.useRealTimers());

  test("is off, as the client does it", async () => {
    const model = scriptedModel([[serverError(true)], ["Yes."]]);
    await expect(new ChatLlama2({ model }).invoke("Hi")).rejects.toMatchObject({
      code: "OVERLOADED",
    });
    expect(model.calls).toHaveLength(1);
  });

  test("happens as often as maxRetries says where it may help", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    for (const ask of [(chat: ChatLlama2) => chat.invoke("Hi").then(({ text }) => text), readAll]) {
      const model = scriptedModel([[serverError(true)], ["Yes."]]);
      const answer = ask(new ChatLlama2({ model, maxRetries: 1 }));
      await vi.runAllTimersAsync();
      expect(await answer).toBe("Yes.");
      expect(model.calls).toHaveLength(2);
    }
  });

  test("does not happen where it cannot help, nor after the first token", async () => {
    const scripts = [[serverError(false)], [new TypeError("Ours.")], ["Llamas", serverError(true)]];
    for (const script of scripts) {
      const model = scriptedModel([script, ["Yes."]]);
      await expect(new ChatLlama2({ model, maxRetries: 1 }).invoke("Hi")).rejects.toThrow();
      expect(model.calls).toHaveLength(1);
    }
  });

  test("can be left to LangChain's fallbacks", async () => {
    const failing = new ChatLlama2({ model: scriptedModel([[serverError(true)]]) });
    const other = new ChatLlama2({ model: scriptedModel([["Yes."]]) });
    expect((await failing.withFallbacks([other]).invoke("Hi")).text).toBe("Yes.");
  });
});
