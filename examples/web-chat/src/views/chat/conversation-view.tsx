import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp, useSnapshot } from "../../app/context.ts";
import type { ChatController } from "../../chat/chat-controller.ts";
import { IconButton } from "../../components/icon-button.tsx";
import { ViewHead } from "../../components/view-head.tsx";
import { Composer } from "./composer.tsx";
import { EmptyConversation } from "./empty-conversation.tsx";
import { MessageList } from "./message-list.tsx";
import { ProblemCard } from "./problem-card.tsx";
import { SystemPrompt } from "./system-prompt.tsx";
import { useContextCount } from "./use-context-count.ts";
import { useStickToBottom } from "./use-stick-to-bottom.ts";

/** A conversation, and the field in which one writes. */
export function ConversationView({ controller }: { controller: ChatController }): VNode {
  const { inspector } = useApp();
  const state = useSnapshot(controller, () => controller.getState());
  const { conversation, path, problem } = state;
  const [draft, setDraft] = useState("");
  const [editing, setEditing] = useState<string | undefined>(undefined);
  const scroller = useRef<HTMLDivElement>(null);
  const { isAtBottom, toBottom } = useStickToBottom(scroller);
  const count = useContextCount(state, draft);
  // What the inspector shows belongs to a message of this conversation.
  useEffect(() => () => inspector.set(forgetMessage(inspector.get())), []);

  const send = (text: string): void => {
    setDraft("");
    toBottom();
    void controller.send(text);
  };
  const shorten = (): void => setEditing(path.findLast(({ role }) => role === "user")?.id);

  return (
    <div class="view">
      <ViewHead title={conversation.title || "New chat"} />
      <div class="scroller" ref={scroller}>
        <div class="column">
          <SystemPrompt controller={controller} system={conversation.system} />
          {path.length === 0 && !problem ? (
            <EmptyConversation onAsk={send} />
          ) : (
            <MessageList
              controller={controller}
              state={state}
              dropped={count?.droppedMessages ?? 0}
              editing={editing}
              setEditing={setEditing}
            />
          )}
          {problem && <ProblemCard controller={controller} problem={problem} onShorten={shorten} />}
        </div>
      </div>
      <div class="composer-dock">
        {!isAtBottom && (
          <IconButton icon="down" class="to-bottom" label="To the end" onClick={toBottom} />
        )}
        <div class="composer-frame">
          <Composer
            controller={controller}
            isRunning={state.running !== undefined}
            draft={draft}
            setDraft={setDraft}
            onSend={send}
            onEditLast={shorten}
            count={count}
          />
        </div>
      </div>
    </div>
  );
}

function forgetMessage<T>(inspector: T): T | undefined {
  return typeof inspector === "object" ? undefined : inspector;
}
