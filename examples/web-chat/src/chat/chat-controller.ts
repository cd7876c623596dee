import { type AnswerSource, toChatMessages } from "./answer-source.ts";
import {
  type Conversation,
  type Message,
  newMessage,
  type Trace,
  titleOf,
} from "./conversation.ts";
import { oncePerFrame } from "./frames.ts";
import { Listeners } from "./listeners.ts";
import { LiveText } from "./live-text.ts";
import type { Problem } from "./problem.ts";
import { type Outcome, runAnswer } from "./run-answer.ts";
import {
  leafWithout,
  newestLeaf,
  pathTo,
  subtreeOf,
  type Tree,
  withMessages,
  withoutMessages,
} from "./tree.ts";

/** What a conversation looks like now. A new object at every change, but for the text that streams in. */
export interface ChatState {
  readonly conversation: Conversation;
  readonly tree: Tree;
  /** The branch that is shown. */
  readonly path: readonly Message[];
  /** The answer under way: its message's id. Its text is in `live`. */
  readonly running?: string;
  /** What went wrong with the last answer. */
  readonly problem?: Problem;
}

/** A change to keep. */
export interface Change {
  readonly conversation: Conversation;
  readonly put?: readonly Message[];
  readonly remove?: readonly string[];
  readonly trace?: Trace;
}

/** What a controller works with. */
export interface ChatServices {
  readonly source: AnswerSource;
  /** Keeps a change; called once a change, not once a token. */
  save(change: Change): void;
  /** Keeps the text of an answer under way, in case that the page goes away; without a text, forgets it. */
  saveUnfinished(message: Message, text: string | undefined): void;
  /** Says something to those who cannot see the page. */
  announce(text: string): void;
}

/**
 * A conversation that is being held: what the page shows of it, and what a person can do. It knows nothing of the page,
 * and each thing that one does is one method.
 */
export class ChatController {
  /** The text of the answer under way. It has listeners of its own, so that a token need not draw the conversation. */
  readonly live: LiveText = new LiveText();
  readonly #services: ChatServices;
  readonly #listeners = new Listeners();
  #state: ChatState;
  #abort: AbortController | undefined;

  constructor(conversation: Conversation, messages: readonly Message[], services: ChatServices) {
    this.#services = services;
    this.#state = toState(conversation, new Map(messages.map((message) => [message.id, message])));
  }

  getState(): ChatState {
    return this.#state;
  }

  /** @returns a function that ends it */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Asks a question at the end of the branch that is shown. */
  async send(text: string): Promise<void> {
    await this.#ask(this.#state.conversation.leaf, text);
  }

  /** Asks a question again in other words, in a branch of its own; or puts other words into an answer. */
  async edit(id: string, text: string): Promise<void> {
    const message = this.#state.tree.get(id);
    if (!message || this.#state.running) return;
    if (message.role === "user") return this.#ask(message.parent, text);
    const edited = newMessage(message.conversation, message.parent, "assistant", text);
    this.#change({ leaf: edited.id }, { put: [edited] });
  }

  /** Asks for another answer, in a branch of its own. */
  async regenerate(id: string): Promise<void> {
    const message = this.#state.tree.get(id);
    const question = message?.role === "user" ? message.id : message?.parent;
    if (question) await this.#answer(question);
  }

  /** Has an answer go on where it ended. */
  async continueAnswer(id: string): Promise<void> {
    const message = this.#state.tree.get(id);
    if (message?.role === "assistant") await this.#run(message);
  }

  /** Tries again what failed. */
  async retry(): Promise<void> {
    const last = this.#state.path.at(-1);
    if (last?.role === "user") await this.#answer(last.id);
    else if (last) await this.continueAnswer(last.id);
  }

  /** Ends the answer under way, and keeps its text. */
  stop(): void {
    this.#abort?.abort();
  }

  /** Deletes a message and everything after it, in all its branches. */
  remove(id: string): void {
    const { tree, running } = this.#state;
    const message = tree.get(id);
    if (!message || running) return;
    this.#change({ leaf: leafWithout(tree, message) }, { remove: subtreeOf(tree, id) });
  }

  /** Takes back what was removed. */
  restore(messages: readonly Message[], leaf: string | null): void {
    this.#change({ leaf }, { put: messages });
  }

  /** Shows the branch that goes through a message. */
  select(id: string): void {
    if (this.#state.running) return;
    this.#change({ leaf: newestLeaf(this.#state.tree, id) });
  }

  setSystem(system: string): void {
    this.#change({ system });
  }

  rename(title: string): void {
    this.#change({ title: title.trim() });
  }

  /** Forgets what went wrong. */
  dismissProblem(): void {
    this.#set(toState(this.#state.conversation, this.#state.tree));
  }

  /** Takes over what another tab has changed. */
  takeOver(conversation: Conversation, messages: readonly Message[]): void {
    const { running, tree, problem } = this.#state;
    const fresh = new Map(messages.map((message) => [message.id, message]));
    const own = running === undefined ? undefined : tree.get(running);
    if (own) {
      // The branch with the answer under way stays in view.
      for (const message of pathTo(tree, own.id)) fresh.set(message.id, message);
      this.#set({ ...toState({ ...conversation, leaf: own.id }, fresh), running: own.id });
    } else {
      this.#set({ ...toState(conversation, fresh), ...(problem && { problem }) });
    }
  }

  async #ask(parent: string | null, text: string): Promise<void> {
    if (this.#state.running || text.trim() === "") return;
    const { conversation } = this.#state;
    const question = newMessage(conversation.id, parent, "user", text.trim());
    const title = conversation.title || titleOf(text);
    this.#change({ leaf: question.id, title }, { put: [question] });
    await this.#answer(question.id);
  }

  async #answer(question: string): Promise<void> {
    if (this.#state.running) return;
    await this.#run(newMessage(this.#state.conversation.id, question, "assistant", ""));
  }

  /** Generates the rest of an answer: all of it, where it is new. */
  async #run(answer: Message): Promise<void> {
    if (this.#state.running) return;
    const { announce, source, saveUnfinished } = this.#services;
    const { live } = this;
    const abort = new AbortController();
    this.#abort = abort;
    const { answer: _, ...open } = answer;
    live.begin(answer.content);
    this.#change({ leaf: answer.id }, { put: [open] }, { running: answer.id });
    announce("Answering…");
    const { conversation, tree } = this.#state;
    const isNew = answer.content === "";
    const path = pathTo(tree, isNew ? answer.parent : answer.id);
    const keep = oncePerFrame(() => {
      if (this.#state.running === answer.id) saveUnfinished(open, live.text);
    });
    const outcome = await runAnswer(source, {
      messages: toChatMessages(conversation.system, path),
      continues: !isNew,
      signal: abort.signal,
      onText: (piece) => {
        live.add(piece);
        keep();
      },
      onPrompt: (processed, total) => live.readPrompt(processed, total),
    });
    this.#finish(open, answer.content, conversation.system, outcome);
  }

  #finish(open: Message, prefix: string, system: string, outcome: Outcome): void {
    const { id, conversation } = open;
    const { facts, dropped, tokens, logprobs, problem } = outcome;
    const content = prefix + outcome.text;
    this.#abort = undefined;
    this.#services.saveUnfinished(open, undefined);
    const outcomeState = problem ? { problem } : {};
    if (content === "" && facts.finishReason !== "stop") {
      // Nothing came: the question waits for another try.
      this.#change({ leaf: open.parent }, { remove: [id] }, outcomeState);
    } else {
      const trace = { id, conversation, system, dropped, prefix, ...(tokens && { tokens }) };
      this.#change(
        {},
        {
          put: [{ ...open, content, answer: facts }],
          trace: { ...trace, ...(logprobs && { logprobs }) },
        },
        outcomeState,
      );
    }
    this.live.end();
    this.#services.announce(sayHowItEnded(outcome));
  }

  /** Changes the conversation or its messages, and keeps that. */
  #change(
    conversation: Partial<Conversation>,
    change: Omit<Change, "conversation"> = {},
    more: Pick<ChatState, "running" | "problem"> = {},
  ): void {
    const { put = [], remove = [] } = change;
    const changed = { ...this.#state.conversation, ...conversation, updated: Date.now() };
    const tree = withoutMessages(withMessages(this.#state.tree, ...put), remove);
    this.#set({ ...toState(changed, tree), ...more });
    this.#services.save({ ...change, conversation: changed });
  }

  #set(state: ChatState): void {
    this.#state = state;
    this.#listeners.tell();
  }
}

function toState(conversation: Conversation, tree: Tree): ChatState {
  return { conversation, tree, path: pathTo(tree, conversation.leaf) };
}

function sayHowItEnded({ facts, problem }: Outcome): string {
  if (problem) return `${problem.title}.`;
  return facts.finishReason === "aborted" ? "Answer stopped." : "Answer finished.";
}
