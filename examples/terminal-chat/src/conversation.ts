import type { LocalModel } from "@llama2-kit/inference";
import type { TextTokenizer } from "@llama2-kit/prompt";
import type { ChatMessage, GenerationResult } from "@llama2-kit/protocol";
import { fitContext, type Room, type Turn, toMessages } from "./fit-context.ts";
import type { Parameters } from "./parameters.ts";

/** Who shows an answer as it comes. What it returns is waited for, so a slow reader slows the chat down. */
export interface Listener {
  text(piece: string): Promise<void> | void;
  /** Something to know that is no part of an answer. */
  notice(text: string): Promise<void> | void;
}

/** What a conversation starts with. */
export interface ConversationStart {
  readonly model: LocalModel;
  readonly system: string | undefined;
  readonly parameters: Parameters;
}

/**
 * The marks between messages. A model that writes one has begun to write the user's next message, and a message
 * with a mark in it is refused: so answers end before them.
 */
const FORMAT_MARKS = ["[INST]", "[/INST]", "<<SYS>>", "<</SYS>>"];

/** Seeds are below this. */
const SEED_COUNT = 2 ** 32 - 1;

/** What was said, and how the model is asked to go on. A question that fails leaves it as it was. */
export class Conversation {
  readonly model: LocalModel;
  readonly #tokenizer: TextTokenizer;
  #system: string | undefined;
  #parameters: Parameters;
  #turns: readonly Turn[] = [];
  /** What the last answer was made from, unless it was interrupted. */
  #lastRequest: string | undefined;
  #lastPrompt: readonly ChatMessage[] = [];
  /** How often the last question was asked again. */
  #retries = 0;

  constructor({ model, system, parameters }: ConversationStart) {
    this.model = model;
    this.#tokenizer = { encode: (text) => model.tokenize(text) };
    this.#system = system;
    this.#parameters = parameters;
  }

  get system(): string | undefined {
    return this.#system;
  }

  get parameters(): Parameters {
    return this.#parameters;
  }

  /** The messages that were last sent to the model; none at the start. */
  get lastPrompt(): readonly ChatMessage[] {
    return this.#lastPrompt;
  }

  get isEmpty(): boolean {
    return this.#turns.length === 0;
  }

  /** Refuses parameters or a system prompt that no question could be asked with. Generates nothing. */
  async check(changes: { system?: string; parameters?: Parameters } = {}): Promise<void> {
    const system = changes.system ?? this.#system;
    const parameters = changes.parameters ?? this.#parameters;
    const parts = { system, turns: [], question: "?" };
    fitContext(parts, this.#room(parameters));
    const messages = toMessages(parts);
    // Everything is checked before anything runs, so an aborted chat does the checks and no more.
    await this.model.chat(messages, { ...parameters, signal: AbortSignal.abort() }).result;
  }

  /** Sets the system prompt for the questions from now on, those of the past included in their prompts. */
  async setSystem(system: string | undefined): Promise<void> {
    if (system !== undefined) await this.check({ system });
    this.#system = system;
  }

  async setParameters(parameters: Parameters): Promise<void> {
    await this.check({ parameters });
    this.#parameters = parameters;
  }

  /** Forgets what was said. The system prompt stays. */
  reset(): void {
    this.#turns = [];
    this.#lastPrompt = [];
    this.#lastRequest = undefined;
  }

  /**
   * Asks the next question. An answer that is interrupted counts as far as it came; where it had not begun,
   * the question is taken back.
   */
  async ask(question: string, listener: Listener, signal: AbortSignal): Promise<GenerationResult> {
    return this.#ask({ before: this.#turns, question, retries: 0 }, listener, signal);
  }

  /**
   * Asks the last question again, with another seed.
   *
   * @returns undefined where the answer would be the same
   */
  async retry(listener: Listener, signal: AbortSignal): Promise<GenerationResult | undefined> {
    const last = this.#turns.at(-1);
    if (!last) throw new Error("There is no question to ask again.");
    const before = this.#turns.slice(0, -1);
    const { question } = last;
    const prompt = toMessages({ system: this.#system, turns: before, question });
    const isSame = this.#request(prompt) === this.#lastRequest;
    if (isSame && this.#parameters.temperature === 0) return undefined;
    return this.#ask({ before, question, retries: this.#retries + 1 }, listener, signal);
  }

  async #ask(
    { before, question, retries }: { before: readonly Turn[]; question: string; retries: number },
    listener: Listener,
    signal: AbortSignal,
  ): Promise<GenerationResult> {
    const parts = { system: this.#system, turns: before, question };
    const turns = fitContext(parts, this.#room(this.#parameters));
    const dropped = before.length - turns.length;
    if (dropped > 0) await listener.notice(droppedNotice(dropped));
    const prompt = toMessages({ ...parts, turns });
    const request = this.#request(prompt);
    const stream = this.model.chat(prompt, {
      ...this.#parameters,
      seed: this.#seed(retries),
      stop: FORMAT_MARKS,
      signal,
    });
    for await (const piece of stream.textStream()) await listener.text(piece);
    const result = await stream.result;
    const aborted = result.finishReason === "aborted";
    if (!aborted || result.text !== "") {
      this.#turns = [...turns, { question, answer: result.text }];
      this.#lastPrompt = prompt;
      this.#lastRequest = aborted ? undefined : request;
      this.#retries = retries;
    }
    return result;
  }

  #room({ maxTokens }: Parameters): Room {
    return { contextSize: this.model.contextSize, maxTokens, tokenizer: this.#tokenizer };
  }

  /** A fixed seed makes a chat repeatable, so its retries go on from it instead of to chance. */
  #seed(retries: number): number | undefined {
    const { seed } = this.#parameters;
    return seed === undefined ? undefined : (seed + retries) % SEED_COUNT;
  }

  /** Two requests that are equal get equal answers, as far as chance has no part in them. */
  #request(prompt: readonly ChatMessage[]): string {
    return JSON.stringify([prompt, this.#parameters]);
  }
}

function droppedNotice(count: number): string {
  const what = count === 1 ? "turn was" : `${count} turns were`;
  return `The context is full: the oldest ${what} dropped.`;
}
