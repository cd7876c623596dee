import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useApp } from "../../app/context.ts";
import { addressOf } from "../../app/route.ts";
import type { ChatController } from "../../chat/chat-controller.ts";
import { ConversationView } from "./conversation-view.tsx";

/** The conversation of an address, or a new one where it names none. */
export function ChatView({ id }: { id: string | undefined }): VNode {
  const { chats } = useApp();
  const [controller, setController] = useState<ChatController | null | undefined>(undefined);
  useEffect(() => {
    // A new conversation that gets its address while it is shown is the same one.
    if (id !== undefined && controller?.getState().conversation.id === id) return;
    let isStale = false;
    setController(id === undefined ? chats.begin("") : undefined);
    if (id !== undefined) {
      void chats.open(id).then((opened) => {
        if (!isStale) setController(opened ?? null);
      });
    }
    return () => {
      isStale = true;
    };
  }, [id]);
  if (controller === null) return <Missing />;
  if (!controller) return <div class="view" aria-busy="true" />;
  return <ConversationView key={controller.getState().conversation.id} controller={controller} />;
}

function Missing(): VNode {
  return (
    <div class="view empty">
      <h1>This conversation is not here</h1>
      <p>
        It was deleted, or it is in another browser: conversations are kept where they were held.
      </p>
      <a class="button primary" href={addressOf({ view: "chat" })}>
        New chat
      </a>
    </div>
  );
}
