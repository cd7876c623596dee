import { createGenerationStream } from "@llama2-kit/protocol";
import { describe, expect, test } from "vitest";
import { createHandler } from "../src/index.ts";
import { CHAT, eventsOf, post } from "./ask.ts";
import { saysAndWaits, scriptedModel } from "./scripted-model.ts";

describe("a model that keeps no promise", () => {
  test("throws at once for the second of several answers: the first one is ended", async () => {
    const obedient = scriptedModel(saysAndWaits("Once"), { id: "cria" });
    let calls = 0;
    const model = {
      ...obedient,
      chat: (...all: Parameters<typeof obedient.chat>) => {
        if (++calls > 1) throw new Error("secret");
        return obedient.chat(...all);
      },
    };
    const answer = await post(createHandler({ models: [model] }), "/v1/chat/completions", {
      ...CHAT,
      n: 2,
    });
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain("secret");
    expect(obedient.asked[0]?.options.signal?.aborted).toBe(true);
  });

  test("ends its stream without a result: that is an error, and no endless wait", async () => {
    const stream = createGenerationStream(() => new Promise(() => {}));
    const model = {
      ...scriptedModel(saysAndWaits(), { id: "cria" }),
      chat: () =>
        Object.assign(Object.create(stream), {
          async *[Symbol.asyncIterator]() {
            yield { type: "text", text: "Once" };
          },
        }),
    };
    const handler = createHandler({ models: [model] });
    const answer = await post(handler, "/v1/chat/completions", { ...CHAT, stream: true });
    const events = await eventsOf(answer);
    expect(events.at(-2)).toMatchObject({ error: { code: "internal_error" } });
    expect(events.at(-1)).toBe("[DONE]");
  });
});
