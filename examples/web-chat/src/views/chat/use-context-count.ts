import { useEffect, useState } from "preact/hooks";
import { useApp, useModel, useSettings } from "../../app/context.ts";
import { toChatMessages } from "../../chat/answer-source.ts";
import type { ChatState } from "../../chat/chat-controller.ts";

/** How much of the context a conversation takes. */
export interface ContextCount {
  readonly tokens: number;
  /** Undefined where the server does not tell. */
  readonly contextSize?: number;
  /** Tokens that are kept free for the answer. */
  readonly reserve?: number;
  /** How many of the oldest messages will be left out. */
  readonly droppedMessages: number;
  /** False where not even the newest question fits. */
  readonly fits: boolean;
}

/** How long to wait for the next key, in milliseconds. */
const PAUSE = 250;

/** Characters of a token, about, where only a server could tell. */
const CHARACTERS_PER_TOKEN = 3.6;

/** Counts what is said and what is being written; undefined where it is not known yet. */
export function useContextCount(state: ChatState, draft: string): ContextCount | undefined {
  const { server } = useApp();
  const isForeign = useSettings().server !== null;
  const model = useModel();
  const [count, setCount] = useState<ContextCount | undefined>(undefined);
  const { path, conversation, running } = state;
  useEffect(() => {
    if (running) return;
    const question = draft.trim() === "" ? [] : [{ role: "user" as const, content: draft }];
    // A question that failed stands at the end, and the next one takes its place.
    const held = question.length > 0 && path.at(-1)?.role === "user" ? path.slice(0, -1) : path;
    const messages = toChatMessages(conversation.system, [...held, ...question]);
    if (isForeign) return setCount(estimate(messages));
    if (!model) return;
    if (held.length + question.length === 0) {
      return setCount({ ...EMPTY, contextSize: model.contextSize });
    }
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      const continueFinalMessage = messages.at(-1)?.role === "assistant";
      try {
        const told = await server.count({ messages, continueFinalMessage }, abort.signal);
        const { wholeTokens, contextSize, reserve, dropped, fits } = told;
        const droppedMessages = dropped.length;
        setCount({ tokens: wholeTokens, contextSize, reserve, droppedMessages, fits });
      } catch {
        // The gauge is a help: without it, the answer's own request says what is wrong.
        if (!abort.signal.aborted) setCount(undefined);
      }
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [path, conversation.system, draft, running, model, isForeign]);
  return count;
}

const EMPTY: ContextCount = { tokens: 0, droppedMessages: 0, fits: true };

function estimate(messages: readonly { readonly content: string }[]): ContextCount {
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
  return { ...EMPTY, tokens: Math.round(characters / CHARACTERS_PER_TOKEN) };
}
