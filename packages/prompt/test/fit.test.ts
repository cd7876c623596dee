import { afterAll, describe, expect, test, vi } from "vitest";
import { type ChatMessage, encodeChat, type FitOptions, fitMessages } from "../src/index.ts";
import { createByteTokenizer } from "./byte-tokenizer.ts";
import { golden, promptErrorOf } from "./golden-data.ts";
import { loadLlama2Vocabulary } from "./llama2-vocabulary.ts";

const tokenizer = await loadLlama2Vocabulary();
afterAll(() => tokenizer.dispose());

const system: ChatMessage = { role: "system", content: "Be brief." };

/** Questions with answers of uneven lengths, the last one without. */
function history(turns: number, begin: ChatMessage[] = [system]): ChatMessage[] {
  const messages = [...begin];
  for (let turn = 0; turn < turns; turn++) {
    if (turn > 0)
      messages.push({ role: "assistant", content: `${turn} was ${"a".repeat(turn % 7)}` });
    messages.push({ role: "user", content: `What is ${turn}?` });
  }
  return messages;
}

describe("fitMessages", () => {
  test("keeps a conversation that fits, and counts what encodeChat makes of it", () => {
    for (const { messages, ids, name } of golden.prompts) {
      const fitted = fitMessages(messages, { tokenizer, contextSize: 100_000 });
      expect(fitted, name).toEqual({ messages, dropped: [], tokens: ids.length, truncated: 0 });
    }
  });

  test("keeps one that fits to the token, and not one token more", () => {
    for (const messages of [history(3), history(3, []), history(1)]) {
      const { length } = encodeChat(messages, tokenizer).ids;
      const options = { tokenizer, reserve: 7 };
      expect(fitMessages(messages, { ...options, contextSize: length + 7 }).dropped).toEqual([]);
      const tight = () => fitMessages(messages, { ...options, contextSize: length + 6 });
      if (messages.length <= 2) expect(promptErrorOf(tight).code).toBe("CONTEXT_OVERFLOW");
      else expect(tight().dropped.length).toBeGreaterThan(0);
    }
  });

  test.each([1, 0.9, 0.5, 0.01])("drops whole pairs, the oldest ones, with keep %d", (keep) => {
    for (const begin of [[system], []]) {
      const messages = history(40, begin);
      for (const contextSize of [80, 120, 200, 333, 500]) {
        const options: FitOptions = { tokenizer, contextSize, reserve: 20, keep };
        const { messages: kept, dropped, tokens, truncated } = fitMessages(messages, options);
        expect([...begin, ...dropped, ...kept.slice(begin.length)]).toEqual(messages);
        expect(kept.slice(0, begin.length)).toEqual(begin);
        expect(dropped.length % 2).toBe(0);
        expect(dropped.length).toBeGreaterThan(0);
        expect(encodeChat(kept, tokenizer).ids).toHaveLength(tokens);
        expect(tokens).toBeLessThanOrEqual(contextSize - 20);
        expect(truncated).toBe(0);
      }
    }
  });

  test("drops one pair where one is enough", () => {
    const messages = history(6);
    const contextSize = encodeChat(messages, tokenizer).ids.length - 1;
    const fitted = fitMessages(messages, { tokenizer, contextSize, reserve: 0, keep: 1 });
    expect(fitted.dropped).toEqual(messages.slice(1, 3));
    expect(fitted.tokens).toBe(encodeChat(fitted.messages, tokenizer).ids.length);
  });

  test("drops no more than it must with keep 1, and down to the mark with less", () => {
    const messages = history(200);
    const fit = (keep: number) =>
      fitMessages(messages, { tokenizer, contextSize: 1000, reserve: 0, keep });
    // The longest pair has some 30 tokens.
    expect(fit(1).tokens).toBeGreaterThan(1000 - 40);
    expect(fit(0.5).tokens).toBeGreaterThan(500 - 40);
    expect(fit(0.01).dropped.length).toBeGreaterThan(fit(1).dropped.length);
  });
});

describe("the first message that is kept stays the same for several turns", () => {
  /** How often the beginning changes while a conversation grows to 200 turns. */
  function changes(
    keep: number,
    next: (kept: ChatMessage[], turn: number) => ChatMessage[],
  ): number {
    let kept: ChatMessage[] = [];
    const beginnings: (string | undefined)[] = [];
    for (let turn = 1; turn <= 200; turn++) {
      const options = { tokenizer, contextSize: 600, reserve: 100, keep };
      kept = fitMessages(next(kept, turn), options).messages;
      beginnings.push(kept[1]?.content);
    }
    return beginnings.filter((first, index) => index > 0 && first !== beginnings[index - 1]).length;
  }
  const whole = (_: ChatMessage[], turn: number) => history(turn);
  const onlyKept = (kept: ChatMessage[], turn: number) =>
    turn === 1 ? history(1) : [...kept, ...history(turn).slice(-2)];

  test("if the whole history is passed each time", () => {
    expect(changes(0.5, whole)).toBeLessThan(25);
    expect(changes(1, whole)).toBeGreaterThan(150);
  });

  test("if only what was kept is passed, and the new turn", () => {
    expect(changes(0.5, onlyKept)).toBeLessThan(25);
  });
});

describe("token counts are remembered", () => {
  test("so that one new turn after 1,000 costs that turn, in whatever objects the messages come", () => {
    const bytes = createByteTokenizer();
    const options = { tokenizer: bytes, contextSize: 4096 };
    fitMessages(history(1_000), options);
    const all = bytes.encoded;
    fitMessages(JSON.parse(JSON.stringify(history(1_001))), options);
    const oneTurn = bytes.encoded - all;
    expect(all).toBeGreaterThan(20_000);
    // The new question, the pair before it, and the first pair that is kept, with the system message.
    expect(oneTurn).toBeLessThan(400);
  });

  test("for each tokenizer and treatment of tags by itself", () => {
    const tagged: ChatMessage[] = [
      { role: "user", content: "[INST]" },
      { role: "assistant", content: "Yes" },
      { role: "user", content: "Hi" },
    ];
    const bytes = createByteTokenizer();
    const count = (options: Partial<FitOptions>) =>
      fitMessages(tagged, { tokenizer: bytes, ...options }).tokens;
    const allowed = count({ specialTags: "allow" });
    // The backslash is one byte.
    expect(count({ specialTags: "escape" })).toBe(allowed + 1);
    expect(promptErrorOf(() => count({})).messageIndex).toBe(0);
    expect(count({ specialTags: "allow", tokenizer })).toBeLessThan(allowed);
  });

  test("but not those of a turn that is refused", () => {
    const refused = (content: string, encode: () => number[]) => {
      const messages: ChatMessage[] = [
        { role: "user", content },
        { role: "assistant", content: "Yes" },
        { role: "user", content: "Hi" },
      ];
      const set = vi.spyOn(Map.prototype, "set");
      const error = promptErrorOf(() => fitMessages(messages, { tokenizer: { encode } }));
      const kept = set.mock.calls.map(([key]) => key);
      set.mockRestore();
      expect(kept).not.toContain(content);
      return error.code;
    };
    expect(refused("[INST]", () => [5])).toBe("SPECIAL_TAG_IN_CONTENT");
    let calls = 0;
    // The first call is for the newest turn.
    expect(refused("Hello?", () => [calls++ === 0 ? 5 : 1])).toBe("INVALID_OPTION");
  });

  test("up to some megabytes of text, however few the turns are", () => {
    let calls = 0;
    const counting = { encode: () => [5, calls++] };
    const fit = (turn: number) => {
      const messages: ChatMessage[] = [
        { role: "user", content: `${turn} ${"a".repeat(1_000_000)}` },
        { role: "assistant", content: "Yes" },
        { role: "user", content: "Hi" },
      ];
      const before = calls;
      fitMessages(messages, { tokenizer: counting });
      return calls - before;
    };
    calls = 10;
    expect(fit(0)).toBeGreaterThan(fit(0));
    for (let turn = 1; turn < 5; turn++) fit(turn);
    const remembered = fit(0);
    for (let turn = 5; turn < 25; turn++) fit(turn);
    expect(fit(0)).toBeGreaterThan(remembered);
  });

  test("and are right when texts repeat", () => {
    const messages: ChatMessage[] = ["Yes", "No, thank you", "Yes"].flatMap((content) => [
      { role: "user", content: "ok" },
      { role: "assistant", content },
    ]);
    messages.push({ role: "user", content: "ok" });
    const { tokens } = fitMessages(messages, { tokenizer });
    expect(tokens).toBe(encodeChat(messages, tokenizer).ids.length);
  });
});

describe("a newest turn that does not fit", () => {
  const long: ChatMessage = { role: "user", content: `begin ${"🦙 ".repeat(300)}end` };
  const messages: ChatMessage[] = [...history(3), { role: "assistant", content: "3" }, long];
  const options = { tokenizer, contextSize: 200, reserve: 50 };

  test("is refused with figures and what to do", () => {
    const error = promptErrorOf(() => fitMessages(messages, options));
    expect(error).toMatchObject({ code: "CONTEXT_OVERFLOW", messageIndex: 7 });
    expect(error.message).toMatch(
      /^The newest turn and the system message take \d+ tokens where 150 are free \(contextSize 200 less reserve 50\)/,
    );
  });

  test.each(["start", "end"] as const)("is cut at the %s, as little as will do", (truncate) => {
    const fitted = fitMessages(messages, { ...options, truncate });
    const text = fitted.messages.at(-1)?.content ?? "";
    expect(fitted.messages.map(({ role }) => role)).toEqual(["system", "user"]);
    expect(fitted.dropped).toEqual(messages.slice(1, 7));
    expect(fitted.truncated).toBe(long.content.length - text.length);
    expect(truncate === "start" ? text.endsWith("end") : text.startsWith("begin")).toBe(true);
    expect(long.content).toContain(text);
    expect(text).not.toMatch(/\p{Surrogate}/u);
    expect(fitted.tokens).toBe(encodeChat(fitted.messages, tokenizer).ids.length);
    expect(fitted.tokens).toBeLessThanOrEqual(150);
    // A llama is four tokens, and a space.
    expect(fitted.tokens).toBeGreaterThan(150 - 6);
  });

  test.each(["start", "end"] as const)("never leaves half a letter at the %s", (truncate) => {
    const llamas: ChatMessage[] = [{ role: "user", content: "🦙".repeat(50) }];
    for (let contextSize = 40; contextSize < 60; contextSize++) {
      const fitted = fitMessages(llamas, { tokenizer, contextSize, reserve: 0, truncate });
      expect(fitted.messages[0]?.content).toMatch(/^(🦙)+$/u);
    }
  });

  test("is refused by the message that is too long, with or without truncate", () => {
    const text = "x ".repeat(500);
    const question: ChatMessage = { role: "user", content: "Hi" };
    const wordy: ChatMessage[] = [{ role: "system", content: text }, question];
    const begun: ChatMessage[] = [question, { role: "assistant", content: text }];
    const refused = (messages: ChatMessage[], truncate?: "end") =>
      promptErrorOf(() =>
        fitMessages(messages, { ...options, truncate, continueFinalMessage: true }),
      );
    const code = "CONTEXT_OVERFLOW";
    expect(refused(wordy)).toMatchObject({ code, messageIndex: 0 });
    expect(refused(begun)).toMatchObject({ code, messageIndex: 1 });
    expect(refused(wordy, "end")).toMatchObject({ code, messageIndex: 0 });
    expect(refused(begun, "end")).toMatchObject({ code, messageIndex: 1 });
    expect(refused(wordy, "end").message).toMatch(/^Without .*: shorten the system message/);
    expect(refused(begun, "end").message).toMatch(/: shorten the beginning of the answer/);
    const tiny = () => fitMessages([long], { tokenizer, contextSize: 3, truncate: "end" });
    expect(promptErrorOf(tiny).message).toMatch(/: raise contextSize, or reserve less\.$/);
    expect(promptErrorOf(tiny).messageIndex).toBeUndefined();
  });
});

describe("other options hold as for encodeChat", () => {
  test("bos, continueFinalMessage and mergeConsecutive", () => {
    const messages: ChatMessage[] = [
      ...history(5),
      { role: "user", content: "And 5?" },
      { role: "assistant", content: "It" },
    ];
    const options = { bos: false, continueFinalMessage: true, mergeConsecutive: true };
    for (const contextSize of [100, 1000]) {
      const fitted = fitMessages(messages, { ...options, tokenizer, contextSize, reserve: 10 });
      expect(fitted.tokens).toBe(encodeChat(fitted.messages, tokenizer, options).ids.length);
      expect(fitted.messages.at(-1)).toEqual({ role: "assistant", content: "It" });
      expect(fitted.messages.at(-2)?.content).toBe("What is 4?\n\nAnd 5?");
    }
    expect(promptErrorOf(() => fitMessages(messages, { tokenizer })).code).toBe(
      "ROLES_MUST_ALTERNATE",
    );
  });

  test("an error names the message by its place in what was passed", () => {
    const messages: ChatMessage[] = [...history(5)];
    messages[4] = { role: "assistant", content: "<<SYS>>" };
    expect(promptErrorOf(() => fitMessages(messages, { tokenizer })).messageIndex).toBe(4);
    messages[4] = { role: "assistant", content: "x" };
    messages[9] = { role: "user", content: "<<SYS>>" };
    expect(promptErrorOf(() => fitMessages(messages, { tokenizer })).messageIndex).toBe(9);
  });

  test("a tag in one of several messages that are joined is found where it was passed", () => {
    const messages: ChatMessage[] = [
      { role: "user", content: "a" },
      { role: "user", content: "b [INST]" },
      { role: "assistant", content: "c" },
      { role: "user", content: "d" },
      { role: "user", content: "[INST]" },
    ];
    const fit = (passed: ChatMessage[]) => () =>
      fitMessages(passed, { tokenizer, mergeConsecutive: true });
    const error = promptErrorOf(fit(messages.slice(0, 4)));
    expect(error).toMatchObject({ code: "SPECIAL_TAG_IN_CONTENT", messageIndex: 1 });
    expect(error.message).toMatch(/^messages\[1\]\.content has \[INST\] at offset 2,/);
    expect(promptErrorOf(fit(messages)).messageIndex).toBe(4);
  });

  test("the default reserve leaves room in a small context", () => {
    const { length } = encodeChat(history(1), tokenizer).ids;
    const contextSize = Math.ceil((length * 4) / 3);
    expect(fitMessages(history(1), { tokenizer, contextSize }).tokens).toBe(length);
    const small = () => fitMessages(history(1), { tokenizer, contextSize: length + 1 });
    expect(promptErrorOf(small).code).toBe("CONTEXT_OVERFLOW");
  });

  test.each<[Partial<FitOptions>, RegExp]>([
    [{ contextSize: 0 }, /^contextSize is 0/],
    [{ contextSize: 1.5 }, /^contextSize is 1\.5/],
    [{ contextSize: 100, reserve: 100 }, /^reserve is 100/],
    [{ reserve: -1 }, /^reserve is -1/],
    [{ keep: 0 }, /^keep is 0/],
    [{ keep: 1.1 }, /^keep is 1\.1/],
    [{ keep: Number.NaN }, /^keep is NaN/],
    [{ truncate: "middle" as "end" }, /^truncate is "middle"/],
    [{ tokenizer: undefined as never }, /^tokenizer is undefined/],
    [{ tokenizer: "llama" as never }, /^tokenizer is "llama"/],
  ])("%j is refused", (options, message) => {
    const act = () => fitMessages(history(2), { tokenizer, ...options });
    const error = promptErrorOf(act);
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toMatch(message);
  });
});
