import type { VNode } from "preact";
import { useEffect, useErrorBoundary, useState } from "preact/hooks";
import { useApp } from "../../app/context.ts";
import { ChatController } from "../../chat/chat-controller.ts";
import { ConversationView } from "./conversation-view.tsx";
import { MissingConversation, UnreadableConversation } from "./no-conversation.tsx";

/** The conversation of an address, or a new one where it names none. */
export function ChatView({ id }: { id: string | undefined }): VNode {
  const { chats } = useApp();
  /** Null where there is none, and an error where it cannot be read. */
  const [opened, setOpened] = useState<ChatController | Error | null | undefined>(undefined);
  useEffect(() => {
    // A new conversation that gets its address while it is shown is the same one.
    if (opened instanceof ChatController && opened.getState().conversation.id === id) return;
    let isStale = false;
    setOpened(id === undefined ? chats.begin("") : undefined);
    if (id !== undefined) {
      const toError = (reason: unknown) => new Error(String(reason));
      void chats
        .open(id)
        .then((found) => found ?? null, toError)
        .then((found) => {
          if (!isStale) setOpened(found);
        });
    }
    return () => {
      isStale = true;
    };
  }, [id]);
  if (opened === null) return <MissingConversation />;
  if (opened instanceof Error && id)
    return <UnreadableConversation id={id} error={opened.message} />;
  if (!(opened instanceof ChatController)) return <div class="view" aria-busy="true" />;
  return <OpenConversation key={opened.getState().conversation.id} controller={opened} />;
}

function OpenConversation({ controller }: { controller: ChatController }): VNode {
  const [error] = useErrorBoundary();
  const { id } = controller.getState().conversation;
  if (error !== undefined) return <UnreadableConversation id={id} error={error} />;
  return <ConversationView controller={controller} />;
}
