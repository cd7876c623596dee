import { ClientError } from "@llama2-kit/client/openai";
import { createGenerationStream, type GenerationController } from "@llama2-kit/protocol";
import { describe, expect, test } from "vitest";
import type { AnswerRequest } from "../../src/chat/answer-source.ts";
import { type Change, ChatController } from "../../src/chat/chat-controller.ts";
import { newConversation } from "../../src/chat/conversation.ts";

type Script = (answer: GenerationController, request: AnswerRequest) => Promise<void>;

/** A conversation whose answers go by a script. */
function begin(script: Script, dropped = 0) {
  const saved: Change[] = [];
  const said: string[] = [];
  const asked: AnswerRequest[] = [];
  const controller = new ChatController(newConversation("Be kind."), [], {
    source: {
      countDropped: async () => dropped,
      answer(request) {
        asked.push(request);
        const usage = { promptTokens: 5, cachedTokens: 0, completionTokens: 2 };
        const stream = createGenerationStream(async (answer) => {
          await script(answer, request);
          const finishReason = answer.signal.aborted ? "aborted" : "stop";
          return { finishReason, usage, timings: { totalMs: 1 } };
        }, request.signal);
        return { stream, model: "scripted", seed: 7 };
      },
    },
    save: (change) => saved.push(change),
    saveUnfinished: () => {},
    announce: (text) => said.push(text),
  });
  const texts = () => controller.getState().path.map(({ content }) => content);
  return { controller, saved, said, asked, texts };
}

const echo: Script = async ({ text }, { messages }) => {
  text("You said ");
  text(messages.at(-1)?.content ?? "");
};

/** Says something, and then goes on until it is stopped. */
const endless: Script = async ({ text, signal }) => {
  text("So far");
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
};

describe("a conversation", () => {
  test("is answered, and says when that begins and ends", async () => {
    const { controller, said, asked, texts } = begin(echo);
    await controller.send(" Hi ");
    expect(texts()).toEqual(["Hi", "You said Hi"]);
    expect(said).toEqual(["Answering…", "Answer finished."]);
    expect(asked[0]?.messages[0]).toEqual({ role: "system", content: "Be kind." });
    expect(controller.getState().conversation.title).toBe("Hi");
    expect(controller.getState().path[1]?.answer).toMatchObject({ seed: 7, finishReason: "stop" });
  });

  test("is kept once a change, not once a token", async () => {
    const { controller, saved } = begin(async ({ text }) => {
      for (let count = 0; count < 1000; count++) text("x");
    });
    await controller.send("Hi");
    expect(saved).toHaveLength(3);
    expect(saved.at(-1)?.put?.[0]?.content).toHaveLength(1000);
  });

  test("that is stopped keeps its text, and can be continued", async () => {
    const { controller, asked, texts } = begin(endless);
    const sent = controller.send("Hi");
    await expect.poll(() => controller.live.text).toBe("So far");
    expect(controller.getState().running).toBeDefined();
    controller.stop();
    await sent;
    expect(texts()).toEqual(["Hi", "So far"]);
    expect(controller.getState().running).toBeUndefined();
    const id = controller.getState().path[1]?.id ?? "";
    const continued = controller.continueAnswer(id);
    await expect.poll(() => controller.live.text).toBe("So farSo far");
    controller.stop();
    await continued;
    expect(asked[1]).toMatchObject({ continues: true });
    expect(asked[1]?.messages.at(-1)).toEqual({ role: "assistant", content: "So far" });
    expect(texts()).toEqual(["Hi", "So farSo far"]);
  });

  test("that fails mid-answer keeps its text, and says why", async () => {
    const { controller, said, texts } = begin(async ({ text }) => {
      text("Half");
      throw new ClientError("TRUNCATED", "The stream ended.");
    });
    await controller.send("Hi");
    expect(texts()).toEqual(["Hi", "Half"]);
    const { problem, path } = controller.getState();
    expect(problem).toMatchObject({ title: "The connection was lost mid-answer" });
    expect(path[1]?.answer).toMatchObject({ finishReason: "interrupted" });
    expect(said.at(-1)).toBe("The connection was lost mid-answer.");
  });

  test("that fails before the first token leaves the question, to be tried again", async () => {
    let isDown = true;
    const { controller, texts } = begin(async (answer, request) => {
      if (isDown) throw new ClientError("NETWORK", "No server.");
      await echo(answer, request);
    });
    await controller.send("Hi");
    expect(texts()).toEqual(["Hi"]);
    expect(controller.getState().problem?.ways).toContain("retry");
    isDown = false;
    await controller.retry();
    expect(texts()).toEqual(["Hi", "You said Hi"]);
    expect(controller.getState().problem).toBeUndefined();
  });

  test("keeps the branches of what is asked or answered again", async () => {
    const { controller, texts } = begin(echo);
    await controller.send("one");
    const [question, answer] = controller.getState().path;
    await controller.regenerate(answer?.id ?? "");
    await controller.edit(question?.id ?? "", "two");
    expect(texts()).toEqual(["two", "You said two"]);
    expect(controller.getState().tree.size).toBe(5);
    controller.select(question?.id ?? "");
    expect(texts()).toEqual(["one", "You said one"]);
    controller.remove(question?.id ?? "");
    expect(texts()).toEqual(["two", "You said two"]);
  });

  test("leaves out the oldest messages where the context is full", async () => {
    const { controller, asked, saved } = begin(echo, 2);
    await controller.send("one");
    await controller.send("two");
    expect(asked[1]?.messages.map(({ content }) => content)).toEqual(["Be kind.", "two"]);
    expect(saved.at(-1)?.trace).toMatchObject({ dropped: 2, system: "Be kind." });
  });

  test("takes over what another tab has changed, and keeps the answer under way in view", async () => {
    const { controller, texts } = begin(endless);
    const sent = controller.send("Hi");
    await expect.poll(() => controller.live.text).toBe("So far");
    const { conversation, path } = controller.getState();
    controller.takeOver({ ...conversation, title: "Renamed", leaf: null }, path.slice(0, 1));
    expect(controller.getState().conversation.title).toBe("Renamed");
    expect(controller.getState().running).toBe(path[1]?.id);
    controller.stop();
    await sent;
    expect(texts()).toEqual(["Hi", "So far"]);
  });
});
