import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import { formatChat } from "@llama2-kit/prompt";
import type { ChatMessage } from "@llama2-kit/protocol";
import {
  getLlama,
  LlamaCompletion,
  type LlamaContext,
  LlamaLogLevel,
  type LlamaModel,
  type Token,
} from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Adapters } from "../src/adapters.ts";
import { InferenceError } from "../src/index.ts";
import { LocalModel } from "../src/local-model.ts";
import { replaceNative } from "./addon-proxy.ts";
import { loadCria } from "./cria.ts";

/**
 * What goes wrong with node-llama-cpp by itself, and must not with us. Each expectation is held against both: ours has
 * to meet it, and plain node-llama-cpp not to. Where that one does some day, what we do about it can go.
 */
interface Expectation {
  /** What people expect. */
  readonly what: string;
  /** Throws where it is not so. */
  readonly ours: () => Promise<void>;
  readonly plain: () => Promise<void>;
}

const SEQUENCES = 4;
const named: ChatMessage[] = [{ role: "user", content: "My name is Zoe." }];
const recall: ChatMessage[] = [
  ...named,
  { role: "assistant", content: "Nice to meet you, Zoe!" },
  { role: "user", content: "What is my name?" },
];
const greedy = { temperature: 0 };

let ours: LocalModel;
let model: LlamaModel;
let context: LlamaContext;
/** How many tokens each batch has had, of ours and of theirs. */
let batchSizes: number[] = [];

beforeAll(async () => {
  const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.disabled });
  model = await llama.loadModel({ modelPath: criaModelPath });
  context = await createContext();
  ours = new LocalModel({
    id: "cria",
    path: criaModelPath,
    model,
    context: await createContext(),
    contextSize: 512,
    chatFormat: "auto",
    sequences: SEQUENCES,
    maxQueue: 10,
    adapters: Adapters.none,
    warnings: [],
  });
});
afterAll(() => ours.dispose());

async function createContext(): Promise<LlamaContext> {
  const options = { contextSize: 512, sequences: SEQUENCES, threads: 1, batchSize: 128 };
  const created = await model.createContext(options);
  replaceNative(created, (native) => ({
    initBatch: (size) => {
      batchSizes.push(size);
      native.initBatch(size);
    },
  }));
  return created;
}

/** How many batches were smaller than they could have been, while the work went on in all sequences. */
async function countSmallBatches(work: () => Promise<unknown>): Promise<number> {
  batchSizes = [];
  await work();
  return batchSizes.slice(0, 15).filter((size) => size < SEQUENCES).length;
}

/** Lets plain node-llama-cpp complete a text. */
async function completePlainly(
  text: string,
  options: Parameters<LlamaCompletion["generateCompletion"]>[1] = {},
): Promise<string> {
  const sequence = context.getSequence();
  const completion = new LlamaCompletion({ contextSequence: sequence });
  try {
    return await completion.generateCompletion(text, { ...greedy, ...options });
  } finally {
    completion.dispose();
    void sequence.dispose();
  }
}

const prompt = (messages: readonly ChatMessage[]) => formatChat(messages, { bos: false });

const expectations: readonly Expectation[] = [
  {
    what: "a stop string is found across the borders of words",
    ours: async () => {
      const { text } = await ours.complete(prompt(named), { ...greedy, stop: "to meet" }).result;
      expect(text).not.toContain("meet");
    },
    plain: async () => {
      const options = { customStopTriggers: ["to meet"], maxTokens: 12 };
      expect(await completePlainly(prompt(named), options)).not.toContain("meet");
    },
  },
  {
    what: "text that might have become a stop string is not lost at a limit",
    ours: async () => {
      const options = { ...greedy, maxTokens: 4, stop: "to meet you, Tom" };
      const { text } = await ours.complete(prompt(named), options).result;
      expect(text.trim()).toBe("Nice to meet you");
    },
    plain: async () => {
      const options = { maxTokens: 4, customStopTriggers: ["you and me"] };
      expect((await completePlainly(prompt(named), options)).trim()).toBe("Nice to meet you");
    },
  },
  {
    what: "a prompt that is too long is refused, not cut",
    ours: async () => {
      const { result } = ours.complete("one two ".repeat(300), { ...greedy, maxTokens: 1 });
      await expect(result).rejects.toMatchObject({ code: "CONTEXT_OVERFLOW" });
    },
    plain: async () => {
      await expect(completePlainly("one two ".repeat(300), { maxTokens: 1 })).rejects.toThrow();
    },
  },
  {
    what: "two answers without a seed differ, in the same second too",
    ours: async () => {
      const options = { temperature: 2, topK: 0, topP: 1, maxTokens: 12 };
      const streams = [1, 2, 3].map(() => ours.complete("Once", options).text());
      expect(new Set(await Promise.all(streams)).size).toBe(3);
    },
    plain: async () => {
      const options = { temperature: 2, topK: 0, topP: 1, maxTokens: 12 };
      const texts: string[] = [];
      while (Date.now() % 1000 > 300) await new Promise((resolve) => setTimeout(resolve, 20));
      for (let count = 0; count < 3; count++) texts.push(await completePlainly("Once", options));
      expect(new Set(texts).size).toBe(3);
    },
  },
  {
    what: "a value that is no number is refused",
    ours: async () => {
      const { result } = ours.complete("Once", { temperature: Number.NaN });
      await expect(result).rejects.toMatchObject({ code: "BAD_PARAMETER" });
    },
    plain: async () => {
      const options = { temperature: Number.NaN, maxTokens: 1 };
      await expect(completePlainly("Once", options)).rejects.toThrow();
    },
  },
  {
    what: "an abort while the prompt is read ends it before it is read",
    ours: async () => {
      const abort = new AbortController();
      await using session = await ours.openSession();
      const stream = session.complete("one two ".repeat(200), { signal: abort.signal });
      for await (const event of stream) if (event.type === "prompt") abort.abort();
      expect(session.tokens.length).toBeLessThan(300);
    },
    plain: async () => {
      const abort = new AbortController();
      const sequence = context.getSequence();
      const completion = new LlamaCompletion({ contextSequence: sequence });
      setTimeout(() => abort.abort(), 5);
      const options = { signal: abort.signal, stopOnAbortSignal: true, maxTokens: 1 };
      await completion.generateCompletion("one two ".repeat(200), options);
      const evaluated = sequence.nextTokenIndex;
      completion.dispose();
      void sequence.dispose();
      expect(evaluated).toBeLessThan(300);
    },
  },
  {
    what: "two generations at once do not mix",
    ours: async () => {
      await using session = await ours.openSession();
      const [one, two] = [session.chat(named, greedy), session.chat(recall, greedy)];
      expect([await one.text(), await two.text()]).toEqual([
        "Nice to meet you, Zoe!",
        "Your name is Zoe.",
      ]);
    },
    plain: async () => {
      const sequence = context.getSequence();
      const evaluate = async (messages: readonly ChatMessage[]) => {
        const tokens: Token[] = [];
        const ids = [1 as Token, ...model.tokenize(prompt(messages))];
        for await (const token of sequence.evaluate(ids, greedy)) {
          tokens.push(token);
          if (tokens.length === 10) break;
        }
        return model.detokenize(tokens).trim();
      };
      const [one = "", two = ""] = await Promise.all([evaluate(named), evaluate(recall)]);
      void sequence.dispose();
      expect([one.slice(0, 12), two.slice(0, 12)]).toEqual(["Nice to meet", "Your name is"]);
    },
  },
  {
    what: "a file that is cut short is told from others",
    ours: async () => {
      const path = await cutFile();
      await expect(loadCria({ model: path })).rejects.toSatisfy(
        (error) => InferenceError.isInstance(error) && error.code === "MODEL_TRUNCATED",
      );
    },
    plain: async () => {
      const path = await cutFile();
      await expect(model.llama.loadModel({ modelPath: path })).rejects.toThrow(/truncated|cut|end/);
    },
  },
  {
    what: "every batch has a token of every conversation",
    ours: async () => {
      const complete = () => ours.complete("Once", { ...greedy, maxTokens: 20 }).text();
      const work = () => Promise.all(Array.from({ length: SEQUENCES }, complete));
      expect(await countSmallBatches(work)).toBe(0);
    },
    plain: async () => {
      const complete = async () => {
        const sequence = context.getSequence();
        let count = 0;
        for await (const _ of sequence.evaluate([1, 9038] as Token[], greedy)) {
          if (++count === 20) break;
        }
        void sequence.dispose();
      };
      const work = () => Promise.all(Array.from({ length: SEQUENCES }, complete));
      expect(await countSmallBatches(work)).toBe(0);
    },
  },
];

describe.each(expectations)("$what", (expectation) => {
  test("here", expectation.ours);
  test("not in plain node-llama-cpp", async () => {
    await expect(expectation.plain()).rejects.toMatchObject({ name: "AssertionError" });
  });
});

async function cutFile(): Promise<string> {
  const path = join(tmpdir(), `llama2-kit-cut-${process.pid}.gguf`);
  await writeFile(path, (await readFile(criaModelPath)).subarray(0, 2_000_000));
  return path;
}
