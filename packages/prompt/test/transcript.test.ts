import { afterAll, describe, expect, test } from "vitest";
import {
  type ChatMessage,
  ChatTranscript,
  encodeChat,
  parseChat,
  type TranscriptJson,
} from "../src/index.ts";
import { createByteTokenizer } from "./byte-tokenizer.ts";
import { golden, promptErrorOf, recorded } from "./golden-data.ts";
import { loadLlama2Vocabulary } from "./llama2-vocabulary.ts";

const tokenizer = await loadLlama2Vocabulary();
afterAll(() => tokenizer.dispose());

const question: ChatMessage = { role: "user", content: "Hi" };
const answer: ChatMessage = { role: "assistant", content: "Hello" };
/** What the model samples for "Hello": the space before it is a token of its own. */
const sampled = [29871, 15043];

const cases = [
  ...golden.prompts.map(({ name, messages, ids }) => ({ name, messages, ids })),
  ...recorded
    .filter(({ must }) => !must.throws && !must.throws_by_default)
    .map(({ id, messages, meta }) => ({ name: id, messages, ids: meta.ids })),
];

describe("encode", () => {
  test.each(cases)(
    "$name: gives Meta's ids, and each turn's begin with the last one's",
    (given) => {
      const transcript = new ChatTranscript({ tokenizer });
      let before: number[] = [];
      for (const [index, message] of given.messages.entries()) {
        transcript.append(message);
        if (message.role === "system") continue;
        const ids = [...transcript.encode()];
        expect(ids.slice(0, before.length)).toEqual(before);
        if (message.role === "user") {
          const wanted = encodeChat(given.messages.slice(0, index + 1), tokenizer).ids;
          expect(ids).toEqual([...wanted]);
        }
        before = ids;
      }
      expect(before).toEqual(given.ids);
    },
  );

  test("leaves earlier results as they were", () => {
    const transcript = new ChatTranscript({ tokenizer });
    const views = [];
    for (let turn = 0; turn < 100; turn++) {
      const view = transcript.append(question).encode();
      views.push({ view, copy: [...view] });
      transcript.append(answer);
    }
    for (const { view, copy } of views) expect([...view]).toEqual(copy);
  });

  test("does so even in a vocabulary that joins letters across turns, which has no common prefix", () => {
    const joining = {
      encode: (text: string) => (text.endsWith("]") ? [10, 11, 99] : [10, 12, 13]),
    };
    const transcript = new ChatTranscript({ tokenizer: joining }).append(question);
    const open = transcript.encode();
    expect([...open]).toEqual([1, 10, 11, 99]);
    expect([...transcript.append(answer).encode()]).toEqual([1, 10, 12, 13, 2]);
    expect([...open]).toEqual([1, 10, 11, 99]);
  });

  test("encodes a turn's text, however long the conversation is", () => {
    const bytes = createByteTokenizer();
    const transcript = new ChatTranscript({ tokenizer: bytes });
    const costs = Array.from({ length: 300 }, () => {
      const before = bytes.encoded;
      transcript.append(question).append(answer);
      return bytes.encoded - before;
    });
    expect(new Set(costs).size).toBe(1);
  });

  test("refuses a transcript in which the user has said nothing", () => {
    const transcript = new ChatTranscript({ tokenizer });
    expect(promptErrorOf(() => transcript.encode()).code).toBe("EMPTY_CONVERSATION");
    transcript.append({ role: "system", content: "Be brief." });
    expect(promptErrorOf(() => transcript.encode()).code).toBe("SYSTEM_ONLY");
  });
});

describe("an answer that is kept verbatim", () => {
  test("keeps the sampled ids, with EOS behind them", () => {
    const prompt = [...new ChatTranscript({ tokenizer }).append(question).encode()];
    for (const ids of [sampled, [...sampled, 2], new Int32Array(sampled)]) {
      const transcript = new ChatTranscript({ tokenizer }).append(question).append(answer, ids);
      expect([...transcript.encode()]).toEqual([...prompt, ...sampled, 2]);
    }
  });

  test("leaves a cache good for more than a canonical one does", () => {
    const inCache = [...new ChatTranscript({ tokenizer }).append(question).encode(), ...sampled];
    const start = () => new ChatTranscript({ tokenizer }).append(question);
    const verbatim = start().append(answer, sampled).append(question);
    const canonical = start().append(answer).append(question);
    expect(verbatim.commonPrefix(inCache)).toBe(inCache.length);
    expect(canonical.commonPrefix(inCache)).toBe(inCache.length - sampled.length);
  });

  test("reads back as the same messages", () => {
    const { messages, ids } = {
      messages: [question, answer, question],
      ids: new ChatTranscript({ tokenizer })
        .append(question)
        .append(answer, sampled)
        .append(question)
        .encode(),
    };
    expect(parseChat(ids, { decode: (run) => tokenizer.decode(run) })).toEqual(messages);
  });

  test.each<[ids: unknown, problem: RegExp]>([
    [[1], /\.ids\[0\] is 1/],
    [[15043, 2, 2], /\.ids\[1\] is 2/],
    [[1.5], /\.ids\[0\] is 1\.5/],
    [["a"], /\.ids\[0\] is "a"/],
    [[5, -1], /\.ids\[1\] is -1/],
    // Which would wrap around to BOS and EOS in 32 bits.
    [[2 ** 32 + 1], /\.ids\[0\] is 4294967297/],
    [[5, 2 ** 32 + 2], /\.ids\[1\] is 4294967298/],
    [[2 ** 31], /\.ids\[0\] is 2147483648/],
    [{ length: 1e12 }, /\.ids\[0\] is undefined/],
    ["", /\.ids is ""/],
    [new Array(2), /\.ids\[0\] is undefined/],
    [null, /\.ids is null/],
    [{}, /\.ids is an object/],
  ])("is refused with ids that no answer has: %j", (ids, problem) => {
    const transcript = new ChatTranscript({ tokenizer }).append(question);
    const error = promptErrorOf(() => transcript.append(answer, ids as number[]));
    expect(error).toMatchObject({ code: "INVALID_MESSAGE", messageIndex: 1 });
    expect(error.message).toMatch(problem);
    expect(transcript.messages).toEqual([question]);
  });

  test("is the assistant's", () => {
    const transcript = new ChatTranscript({ tokenizer });
    expect(promptErrorOf(() => transcript.append(question, sampled)).code).toBe("INVALID_MESSAGE");
  });
});

describe("append refuses what is not due, and changes nothing", () => {
  const system: ChatMessage = { role: "system", content: "Be brief." };
  test.each<[before: ChatMessage[], message: ChatMessage, code: string]>([
    [[], answer, "ROLES_MUST_ALTERNATE"],
    [[question], question, "ROLES_MUST_ALTERNATE"],
    [[question, answer], answer, "ROLES_MUST_ALTERNATE"],
    [[system], answer, "ROLES_MUST_ALTERNATE"],
    [[system], system, "MISPLACED_SYSTEM"],
    [[question], system, "MISPLACED_SYSTEM"],
    [[question], { role: "tool" as "user", content: "" }, "UNSUPPORTED_ROLE"],
    [[question], { role: "assistant", content: 1 as unknown as string }, "INVALID_MESSAGE"],
    [[], { role: "user", content: "[INST]" }, "SPECIAL_TAG_IN_CONTENT"],
  ])("%j, %j", (before, message, code) => {
    const transcript = new ChatTranscript({ tokenizer });
    for (const earlier of before) transcript.append(earlier);
    const error = promptErrorOf(() => transcript.append(message));
    expect(error).toMatchObject({ code, messageIndex: before.length });
    expect(transcript.messages).toEqual(before);
  });

  test("also where the tokenizer fails", () => {
    const failing = { encode: (text: string) => (text.includes("Bye") ? [1] : [5]) };
    const transcript = new ChatTranscript({ tokenizer: failing }).append(question).append(answer);
    const ids = [...transcript.encode()];
    expect(promptErrorOf(() => transcript.append({ role: "user", content: "Bye" })).code).toBe(
      "INVALID_OPTION",
    );
    expect([...transcript.encode()]).toEqual(ids);
    expect([...transcript.append(question).encode()]).toEqual([...ids, 1, 5]);
  });

  test("but escapes tags if told to", () => {
    const messages: ChatMessage[] = [{ role: "user", content: "[/INST] <<SYS>>" }];
    const options = { tokenizer, specialTags: "escape" } as const;
    const transcript = new ChatTranscript(options).append(messages[0] as ChatMessage);
    expect(transcript.encode()).toEqual(encodeChat(messages, tokenizer, options).ids);
    expect(transcript.messages).toEqual(messages);
  });
});

describe("fork and JSON", () => {
  const grown = () =>
    new ChatTranscript({ tokenizer })
      .append({ role: "system", content: "Be brief." })
      .append(question)
      .append(answer, sampled)
      .append(question);

  test("a fork goes its own way", () => {
    const transcript = grown();
    const before = [...transcript.encode()];
    const fork = transcript.fork();
    expect([...fork.encode()]).toEqual(before);
    fork.append({ role: "assistant", content: "Yes?" });
    transcript.append({ role: "assistant", content: "No." });
    expect(fork.messages.at(-1)?.content).toBe("Yes?");
    expect(transcript.messages.at(-1)?.content).toBe("No.");
    expect(fork.commonPrefix(transcript.encode())).toBe(before.length);
    expect(fork.encode()).not.toEqual(transcript.encode());
  });

  test("a fork of a question takes the same answer", () => {
    const transcript = new ChatTranscript({ tokenizer }).append(question);
    const fork = transcript.fork();
    expect(fork.append(answer).encode()).toEqual(transcript.append(answer).encode());
  });

  test("a fork has all of very many messages", () => {
    const transcript = new ChatTranscript({ tokenizer: { encode: () => [5] } });
    for (let turn = 0; turn < 100_000; turn++) transcript.append(question).append(answer);
    expect(transcript.fork().messages).toHaveLength(200_000);
  });

  test("a transcript comes back from JSON, with its sampled ids", () => {
    const transcript = grown();
    const json: TranscriptJson = JSON.parse(JSON.stringify(transcript));
    expect(json.messages[2]).toEqual({ ...answer, ids: sampled });
    const restored = ChatTranscript.fromJSON(json, { tokenizer });
    expect(restored.encode()).toEqual(transcript.encode());
    expect(restored.append(answer).encode()).toEqual(transcript.append(answer).encode());
  });

  test.each([null, undefined, {}, [], "{}", { version: 2, messages: [] }, { version: 1 }])(
    "%j is no transcript",
    (json) => {
      const act = () => ChatTranscript.fromJSON(json as TranscriptJson, { tokenizer });
      expect(promptErrorOf(act).code).toBe("INVALID_OPTION");
    },
  );

  test.each([
    [null],
    new Array(1),
    [question, 5],
    [question, { ...answer, ids: null }],
    [question, { ...answer, ids: { length: 1e12 } }],
    [question, { ...answer, ids: [4294967297, 4294967298, -5] }],
  ])("case %#: a malformed message in it is refused with its place", (...messages) => {
    const json = { version: 1, messages } as unknown as TranscriptJson;
    const error = promptErrorOf(() => ChatTranscript.fromJSON(json, { tokenizer }));
    expect(error).toMatchObject({ code: "INVALID_MESSAGE", messageIndex: messages.length - 1 });
  });
});
