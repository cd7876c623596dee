import { Llama2KitError } from "@llama2-kit/protocol";
import { APICallError, generateText, RetryError, streamText } from "ai";
import { describe, expect, test } from "vitest";
import { scriptedModel } from "../../protocol/test/scripted-model.ts";
import { llama2 } from "../src/index.ts";

/** An error as `@llama2-kit/client` throws it. */
function serverError(details: { status?: number; retryable?: boolean; retryAfterMs?: number }) {
  const error = new Llama2KitError("OVERLOADED", "The server is busy.");
  return Object.assign(error, details);
}

const overloaded = () => serverError({ status: 503, retryable: true, retryAfterMs: 1 });

describe("what is worth trying again is", () => {
  test("generateText", async () => {
    const model = scriptedModel([[overloaded()], ["Llamas", overloaded()], ["Yes."]]);
    const { text } = await generateText({ model: llama2(model), prompt: "Hi" });
    expect(text).toBe("Yes.");
    expect(model.calls).toHaveLength(3);
  });

  test("streamText, until the first text", async () => {
    const model = scriptedModel([[overloaded()], ["Yes."]]);
    expect(await streamText({ model: llama2(model), prompt: "Hi" }).text).toBe("Yes.");
    expect(model.calls).toHaveLength(2);
  });

  test("for as long as maxRetries says", async () => {
    const failure = overloaded();
    const model = scriptedModel([[failure]]);
    const error = await generateText({ model: llama2(model), prompt: "Hi", maxRetries: 1 }).catch(
      (error: unknown) => error,
    );
    expect(model.calls).toHaveLength(2);
    expect(RetryError.isInstance(error) && error.lastError).toMatchObject({ cause: failure });
  });
});

describe("what is not worth it is not", () => {
  test("a refused request becomes the SDK's error, which holds ours", async () => {
    const failure = serverError({ status: 401, retryable: false });
    const model = scriptedModel([["Llamas ", failure]]);
    const error = await generateText({ model: llama2(model), prompt: "Hi" }).catch(
      (error: unknown) => error,
    );
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({
      message: "The server is busy.",
      statusCode: 401,
      isRetryable: false,
      url: "scripted",
      data: { code: "OVERLOADED", partialText: "Llamas " },
      cause: failure,
    });
    expect(model.calls).toHaveLength(1);
  });

  test("errors without a server stay as they are", async () => {
    for (const failure of [
      new Llama2KitError("CONTEXT_OVERFLOW", "Too long."),
      new TypeError("Ours."),
    ]) {
      const model = scriptedModel([[failure]]);
      await expect(generateText({ model: llama2(model), prompt: "Hi" })).rejects.toBe(failure);
      expect(model.calls).toHaveLength(1);
    }
  });
});
