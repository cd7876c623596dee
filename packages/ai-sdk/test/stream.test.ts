import type { LanguageModelV3StreamPart } from "@ai-sdk/provider";
import { Llama2KitError } from "@llama2-kit/protocol";
import { jsonSchema, readUIMessageStream, streamObject, streamText, type UIMessageChunk } from "ai";
import { describe, expect, test } from "vitest";
import { scriptedModel, wait } from "../../protocol/test/scripted-model.ts";
import { llama2 } from "../src/index.ts";

const prompt = [{ role: "user" as const, content: [{ type: "text" as const, text: "Hi" }] }];

async function partsOf(stream: ReadableStream<LanguageModelV3StreamPart>) {
  const parts: LanguageModelV3StreamPart[] = [];
  await stream.pipeTo(new WritableStream({ write: (part) => void parts.push(part) }));
  return parts;
}

describe("streamText", () => {
  test("streams the text, then tells what it took", async () => {
    const model = scriptedModel([["Llamas ", "hum", "."]], { seed: 7 });
    const result = streamText({ model: llama2(model), prompt: "Hi" });
    const pieces: string[] = [];
    for await (const piece of result.textStream) pieces.push(piece);
    expect(pieces).toEqual(["Llamas ", "hum", "."]);
    expect(await result.finishReason).toBe("stop");
    expect((await result.usage).totalTokens).toBe(15);
    expect((await result.response).modelId).toBe("scripted");
    expect(await result.providerMetadata).toMatchObject({ llama2: { seed: 7 } });
  });

  test("an abort before the first text and one amid it end the stream with an abort part", async () => {
    for (const before of [[], ["Llamas "]]) {
      const abort = new AbortController();
      const model = scriptedModel([[...before, () => abort.abort(), "hum."]]);
      let wasTold = false;
      const errors: unknown[] = [];
      const { fullStream } = streamText({
        model: llama2(model),
        prompt: "Hi",
        abortSignal: abort.signal,
        onAbort: () => {
          wasTold = true;
        },
        onError: ({ error }) => void errors.push(error),
      });
      const types: string[] = [];
      for await (const { type } of fullStream) types.push(type);
      expect(types.at(-1)).toBe("abort");
      expect(types).not.toContain("error");
      expect(wasTold).toBe(true);
      expect(errors).toEqual([]);
      expect(model.aborted()).toBe(1);
    }
  });

  test("an error amid the text is told with the text so far, and is not tried again", async () => {
    const failure = new Llama2KitError("GENERATION_FAILED", "The GPU is gone.");
    const model = scriptedModel([["Llamas ", failure]]);
    const errors: unknown[] = [];
    const result = streamText({
      model: llama2(model),
      prompt: "Hi",
      onError: ({ error }) => void errors.push(error),
    });
    let text = "";
    for await (const piece of result.textStream) text += piece;
    expect(text).toBe("Llamas ");
    expect(errors).toEqual([failure]);
    expect(failure.partialText).toBe("Llamas ");
    expect(await result.finishReason).toBe("error");
    expect(await result.rawFinishReason).toBe("GENERATION_FAILED");
    expect(model.calls).toHaveLength(1);
  });

  test("toUIMessageStreamResponse sends a message that useChat can read", async () => {
    const model = scriptedModel([["Llamas ", "hum."]]);
    const response = streamText({
      model: llama2(model),
      prompt: "Hi",
    }).toUIMessageStreamResponse();
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const chunks = (await response.text())
      .split("\n\n")
      .filter((event) => event !== "" && event !== "data: [DONE]")
      .map((event): UIMessageChunk => JSON.parse(event.slice("data: ".length)));
    const stream = new ReadableStream<UIMessageChunk>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
    let last: unknown;
    for await (const message of readUIMessageStream({ stream })) last = message;
    expect(last).toMatchObject({
      role: "assistant",
      parts: [{ type: "step-start" }, { type: "text", text: "Llamas hum.", state: "done" }],
    });
  });

  test("streamObject streams what is there of the object", async () => {
    const model = scriptedModel([['{"name":', '"Zoe"', "}"]]);
    const { partialObjectStream, object } = streamObject({
      model: llama2(model),
      schema: jsonSchema<{ name: string }>({
        type: "object",
        properties: { name: { type: "string" } },
      }),
      prompt: "Who?",
    });
    const seen: unknown[] = [];
    for await (const part of partialObjectStream) seen.push(part);
    expect(seen.at(-1)).toEqual({ name: "Zoe" });
    expect(await object).toEqual({ name: "Zoe" });
  });
});

describe("doStream", () => {
  test("frames the text, between the warnings and the finish", async () => {
    const { stream } = await llama2(scriptedModel([["Llamas ", "hum."]])).doStream({ prompt });
    expect((await partsOf(stream)).map(({ type }) => type)).toEqual([
      "stream-start",
      "response-metadata",
      "text-start",
      "text-delta",
      "text-delta",
      "text-end",
      "finish",
    ]);
  });

  test("an empty answer has no text", async () => {
    const { stream } = await llama2(scriptedModel([[]])).doStream({ prompt });
    const types = (await partsOf(stream)).map(({ type }) => type);
    expect(types).toEqual(["stream-start", "response-metadata", "finish"]);
  });

  test("raw chunks are our events, the prompt's progress among them", async () => {
    const model = llama2(scriptedModel([["Hum."]]));
    const { stream } = await model.doStream({ prompt, includeRawChunks: true });
    const raw = (await partsOf(stream)).flatMap((part) =>
      part.type === "raw" ? [part.rawValue] : [],
    );
    expect(raw).toMatchObject([{ type: "prompt" }, { type: "text" }, { type: "finish" }]);
  });

  test("cancelling the stream stops the generation, at once", async () => {
    const model = scriptedModel([["Llamas ", wait, "hum."]]);
    const { stream } = await llama2(model).doStream({ prompt });
    const reader = stream.getReader();
    for (let type: string | undefined; type !== "text-delta"; ) {
      type = (await reader.read()).value?.type;
    }
    await reader.cancel();
    await expect.poll(model.aborted).toBe(1);
  });

  test("cancelling it while it waits for a text does so too", async () => {
    const model = scriptedModel([["Llamas", wait]]);
    const { stream } = await llama2(model).doStream({ prompt });
    const reader = stream.getReader();
    for (let read = 0; read < 4; read += 1) await reader.read();
    const pending = reader.read();
    await reader.cancel();
    expect(await pending).toEqual({ done: true, value: undefined });
    await expect.poll(model.aborted).toBe(1);
  });
});
