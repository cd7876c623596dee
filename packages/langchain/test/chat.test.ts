import { AIMessage, HumanMessage, SystemMessage } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { describe, expect, test } from "vitest";
import { scriptedModel, wait } from "../../protocol/test/scripted-model.ts";
import { ChatLlama2 } from "../src/index.ts";

describe("invoke", () => {
  test("returns the answer, its usage, and why it ended", async () => {
    const model = scriptedModel([["Llamas ", "hum."]], { seed: 7, stopString: "\n" });
    const answer = await new ChatLlama2({ model }).invoke([
      new SystemMessage("Be brief."),
      new HumanMessage("What do llamas do?"),
    ]);
    expect(AIMessage.isInstance(answer)).toBe(true);
    expect(answer.text).toBe("Llamas hum.");
    expect(answer.usage_metadata).toEqual({
      input_tokens: 12,
      output_tokens: 3,
      total_tokens: 15,
      input_token_details: { cache_read: 8 },
    });
    expect(answer.response_metadata).toMatchObject({
      model_name: "scripted",
      finish_reason: "stop",
      llama2: { seed: 7, stopString: "\n", timings: { totalMs: 1 } },
    });
    expect(model.calls[0]?.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "What do llamas do?" },
    ]);
  });

  test.each([
    ["length", "length"],
    ["content-filter", "content_filter"],
    ["tool-calls", "tool_calls"],
    ["aborted", "aborted"],
  ] as const)("an answer that ended as %s has the finish reason %s", async (ours, theirs) => {
    const model = scriptedModel([["Llamas"]], { finishReason: ours });
    const answer = await new ChatLlama2({ model }).invoke("Hi");
    expect(answer.response_metadata).toMatchObject({ finish_reason: theirs });
    expect(answer.text).toBe("Llamas");
  });

  test("callbacks hear each token, and the end", async () => {
    const heard: string[] = [];
    let usage: unknown;
    await new ChatLlama2({ model: scriptedModel([["Llamas ", "hum."]]) }).invoke("Hi", {
      callbacks: [
        {
          handleLLMNewToken: (token) => void heard.push(token),
          handleLLMEnd: ({ llmOutput }) => {
            usage = llmOutput;
          },
        },
      ],
    });
    expect(heard).toEqual(["Llamas ", "hum."]);
    expect(usage).toEqual({
      tokenUsage: { promptTokens: 12, completionTokens: 3, totalTokens: 15 },
    });
  });

  test("an abort rejects with the partial answer, and stops the generation", async () => {
    const abort = new AbortController();
    const model = scriptedModel([["Llamas ", () => abort.abort(), "hum."]]);
    const answer = new ChatLlama2({ model }).invoke("Hi", { signal: abort.signal });
    await expect(answer).rejects.toMatchObject({
      name: "ModelAbortError",
      partialOutput: { content: "Llamas " },
    });
    expect(model.aborted()).toBe(1);
  });

  test("a timeout is an abort", async () => {
    const model = scriptedModel([[wait]]);
    const answer = new ChatLlama2({ model }).invoke("Hi", { timeout: 5 });
    await expect(answer).rejects.toMatchObject({ name: "ModelAbortError" });
    expect(model.aborted()).toBe(1);
  });
});

describe("stream", () => {
  test("yields each text, then the usage and why it ended", async () => {
    const model = new ChatLlama2({ model: scriptedModel([["Llamas ", "hum."]]) });
    const heard: string[] = [];
    const callbacks = [{ handleLLMNewToken: (token: string) => void heard.push(token) }];
    const chunks = [];
    for await (const chunk of await model.stream("Hi", { callbacks })) chunks.push(chunk);
    expect(chunks.map(({ text }) => text)).toEqual(["Llamas ", "hum.", ""]);
    expect(heard.join("")).toBe("Llamas hum.");
    const [first, second, third] = chunks;
    const whole = third && first?.concat(second ?? first).concat(third);
    expect(whole?.text).toBe("Llamas hum.");
    expect(whole?.usage_metadata).toMatchObject({ input_tokens: 12, output_tokens: 3 });
    expect(whole?.response_metadata).toMatchObject({
      finish_reason: "stop",
      model_name: "scripted",
    });
  });

  test("leaving the loop stops the generation", async () => {
    const model = scriptedModel([["Llamas ", ...Array(50).fill("hum "), wait]]);
    for await (const _ of await new ChatLlama2({ model }).stream("Hi")) break;
    await expect.poll(model.aborted).toBe(1);
  });

  test("an abort before the first text and one amid it reject, and stop the generation", async () => {
    for (const before of [[], ["Llamas "]]) {
      const abort = new AbortController();
      const model = scriptedModel([[...before, () => abort.abort(), "hum."]]);
      const read = async () => {
        const stream = await new ChatLlama2({ model }).stream("Hi", { signal: abort.signal });
        for await (const _ of stream);
      };
      await expect(read()).rejects.toMatchObject({ name: "AbortError" });
      await expect.poll(model.aborted).toBe(1);
    }
  });

  test("streamEvents tells the texts, and the usage at the end", async () => {
    const model = new ChatLlama2({ model: scriptedModel([["Llamas ", "hum."]]) });
    const texts: string[] = [];
    let usage: unknown;
    for await (const { event, data } of model.streamEvents("Hi", { version: "v2" })) {
      if (event === "on_chat_model_stream") texts.push(data.chunk.text);
      if (event === "on_chat_model_end") usage = data.output.usage_metadata;
    }
    expect(texts).toEqual(["Llamas ", "hum.", ""]);
    expect(usage).toMatchObject({ total_tokens: 15 });
  });

  test("streamEvents without a version collects the message", async () => {
    const model = new ChatLlama2({ model: scriptedModel([["Llamas ", "hum."]]) });
    const message = await model.streamEvents("Hi");
    expect(message.text).toBe("Llamas hum.");
    expect(message.usage_metadata).toMatchObject({ total_tokens: 15 });
  });
});

describe("composition", () => {
  test("prompt | model | parser, at once and as a stream", async () => {
    const model = scriptedModel([["Llamas ", "hum."]]);
    const chain = ChatPromptTemplate.fromMessages([
      ["system", "Be {how}."],
      ["human", "What do {animals} do?"],
    ])
      .pipe(new ChatLlama2({ model }))
      .pipe(new StringOutputParser());
    const input = { how: "brief", animals: "llamas" };
    expect(await chain.invoke(input)).toBe("Llamas hum.");
    let text = "";
    for await (const piece of await chain.stream(input)) text += piece;
    expect(text).toBe("Llamas hum.");
    expect(model.calls[1]?.messages.at(-1)).toEqual({
      role: "user",
      content: "What do llamas do?",
    });
  });

  test("batch keeps the order, and no more run at once than maxConcurrency allows", async () => {
    const inner = scriptedModel([["a"], ["b"], ["c"], ["d"]]);
    let running = 0;
    let most = 0;
    const model: typeof inner = {
      ...inner,
      chat(...args) {
        running += 1;
        most = Math.max(most, running);
        const stream = inner.chat(...args);
        void stream.result.then(() => {
          running -= 1;
        });
        return stream;
      },
    };
    const inputs = ["1", "2", "3", "4"];
    for (const limited of [
      () => new ChatLlama2({ model, maxConcurrency: 2 }).batch(inputs),
      () => new ChatLlama2({ model }).batch(inputs, { maxConcurrency: 2 }),
    ]) {
      most = 0;
      inner.calls.length = 0;
      const answers = await limited();
      expect(answers.map(({ text }) => text)).toEqual(["a", "b", "c", "d"]);
      expect(inner.calls.map(({ messages }) => messages[0]?.content)).toEqual(inputs);
      expect(most).toBe(2);
    }
  });

  test("tokens are counted with the model's own vocabulary, or estimated", async () => {
    const model = scriptedModel([]);
    const counting = { ...model, tokenize: (text: string) => text.split(" ").map(Number) };
    expect(await new ChatLlama2({ model: counting }).getNumTokens("1 2 3")).toBe(3);
    expect(await new ChatLlama2({ model }).getNumTokens("abcdefgh")).toBe(2);
  });

  test("a trace shows what was asked, and neither the model's insides nor a secret", () => {
    const model = Object.assign(scriptedModel([]), { apiKey: "secret" });
    const chat = new ChatLlama2({ model, temperature: 0 });
    expect(JSON.stringify(chat)).not.toContain("secret");
    expect(chat.lc_secrets).toBeUndefined();
    expect(chat.invocationParams({ topP: 0.5 })).toEqual({
      model: "scripted",
      temperature: 0,
      topP: 0.5,
    });
    expect(chat.getLsParams({ maxTokens: 9 })).toMatchObject({
      ls_provider: "llama2",
      ls_model_name: "scripted",
      ls_temperature: 0,
      ls_max_tokens: 9,
    });
  });
});
