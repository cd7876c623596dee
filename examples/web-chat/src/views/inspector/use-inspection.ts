import { formatChat } from "@llama2-kit/prompt";
import { useEffect, useState } from "preact/hooks";
import type { App } from "../../app/app.ts";
import { useApp, useModel, useSettings } from "../../app/context.ts";
import type { PromptToken } from "../../app-api.ts";
import { dropOldest, toChatMessages } from "../../chat/answer-source.ts";
import type { Message, Trace } from "../../chat/conversation.ts";
import { pathTo } from "../../chat/tree.ts";

/** The prompt of an answer. Without tokens where a server does not tell them. */
export interface Prompt {
  readonly text: string;
  readonly tokens?: readonly PromptToken[];
}

/** What is known of how an answer came about. */
export interface Inspection {
  readonly message: Message;
  readonly trace?: Trace;
  readonly prompt?: Prompt;
  /** Why there is no prompt. */
  readonly problem?: string;
}

/** Finds out how an answer came about; undefined until it is known, null where there is no such answer. */
export function useInspection(id: string): Inspection | null | undefined {
  const app = useApp();
  const isForeign = useSettings().server !== null;
  const model = useModel()?.id;
  const ended = useEnd(id);
  const [inspection, setInspection] = useState<Inspection | null | undefined>(undefined);
  useEffect(() => {
    let isStale = false;
    void inspect(app, id, isForeign).then((found) => {
      if (!isStale) setInspection(found);
    });
    return () => {
      isStale = true;
    };
  }, [id, isForeign, model, ended]);
  return inspection;
}

/** Something that is another once the answer has ended. */
function useEnd(id: string): unknown {
  const { chats, route } = useApp();
  const [ended, setEnded] = useState<unknown>(undefined);
  useEffect(() => {
    const shown = route.get();
    if (shown.view !== "chat" || shown.conversation === undefined) return;
    let unsubscribe: (() => void) | undefined;
    let isStale = false;
    void chats.open(shown.conversation).then((controller) => {
      if (isStale) return;
      const look = (): void => setEnded(controller?.getState().tree.get(id)?.answer);
      unsubscribe = controller?.subscribe(look);
      look();
    });
    return () => {
      isStale = true;
      unsubscribe?.();
    };
  }, [id]);
  return ended;
}

async function inspect(app: App, id: string, isForeign: boolean): Promise<Inspection | null> {
  const shown = app.route.get();
  const conversation = shown.view === "chat" ? shown.conversation : undefined;
  const controller = conversation === undefined ? undefined : await app.chats.open(conversation);
  const state = controller?.getState();
  const message = state?.tree.get(id);
  if (!state || !message) return null;
  const trace = await app.store.trace(id).catch(() => undefined);
  const system = trace?.system ?? state.conversation.system;
  const path = pathTo(state.tree, message.parent).map(({ role, content }) => ({ role, content }));
  const prefix = trace?.prefix ?? "";
  if (prefix !== "") path.push({ role: "assistant", content: prefix });
  const messages = dropOldest(toChatMessages(system, path), trace?.dropped ?? 0);
  const known = { message, ...(trace && { trace }) };
  try {
    const continueFinalMessage = prefix !== "";
    if (isForeign) {
      return { ...known, prompt: { text: formatChat(messages, { continueFinalMessage }) } };
    }
    const { text, tokens } = await app.server.prompt({ messages, continueFinalMessage });
    return { ...known, prompt: { text, tokens } };
  } catch (error) {
    return { ...known, problem: error instanceof Error ? error.message : String(error) };
  }
}
