import { criaModelPath } from "@llama2-kit/cria";
import { type LocalModel, loadModel } from "@llama2-kit/inference";
import { afterAll, beforeAll } from "vitest";
import { Conversation, type Listener } from "../src/conversation.ts";
import { DEFAULT_PARAMETERS, type Parameters } from "../src/parameters.ts";

/** A conversation for a test: greedy, so that its answers are known. */
export type Start = (options?: { system?: string; parameters?: Parameters }) => Conversation;

/** Loads cria once for a file of tests, as tests must: on the CPU, with one thread. A small context fills up soon. */
export function useCria({ contextSize }: { contextSize?: number } = {}): Start {
  let model: LocalModel;
  beforeAll(async () => {
    model = await loadModel({ model: criaModelPath, gpu: false, threads: 1, contextSize });
  });
  afterAll(() => model.dispose());
  return ({ system, parameters } = {}) =>
    new Conversation({
      model,
      system,
      parameters: { ...DEFAULT_PARAMETERS, temperature: 0, ...parameters },
    });
}

/** Notes what a conversation tells. */
export function createListener(): Listener & { readonly notices: string[] } {
  const notices: string[] = [];
  return { notices, text: () => {}, notice: (text) => void notices.push(text) };
}

/** A signal that never fires. */
export const never: AbortSignal = new AbortController().signal;

/** Asks one question after another, and returns the answers. */
export async function converse(
  conversation: Conversation,
  questions: readonly string[],
  listener: Listener = createListener(),
): Promise<string[]> {
  const answers: string[] = [];
  for (const question of questions) {
    const { text } = await conversation.ask(question, listener, never);
    answers.push(text);
  }
  return answers;
}
