import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { useApp } from "../../app/context.ts";
import { deleteConversation } from "../../app/delete-conversation.ts";
import { addressOf } from "../../app/route.ts";
import type { Conversation } from "../../chat/conversation.ts";
import { Menu } from "../../components/menu.tsx";
import { saveFile } from "../../components/save-file.ts";
import { exportConversations, exportShareGPT } from "../../store/transfer.ts";

/** A conversation in the list, with what can be done with it. */
export function ConversationItem(props: {
  conversation: Conversation;
  isShown: boolean;
  excerpt?: string | undefined;
}): VNode {
  const { conversation, isShown, excerpt } = props;
  const [isRenaming, setRenaming] = useState(false);
  const actions = useActions(conversation, () => setRenaming(true));
  if (isRenaming) return <Rename conversation={conversation} onDone={() => setRenaming(false)} />;
  const title = conversation.title || "Untitled";
  return (
    <li class="conversation">
      <a
        class="nav-link"
        href={addressOf({ view: "chat", conversation: conversation.id })}
        aria-current={isShown ? "page" : undefined}
      >
        <span class="conversation-title">{title}</span>
        {excerpt !== undefined && <span class="excerpt">{excerpt}</span>}
      </a>
      <Menu label={`Actions for ${title}`} actions={actions} />
    </li>
  );
}

function useActions(
  { id, title }: Conversation,
  rename: () => void,
): Readonly<Record<string, () => void>> {
  const app = useApp();
  const name = (title || "conversation").replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 40);
  const exportAs = async (extension: "json" | "jsonl"): Promise<void> => {
    const stored = await app.store.load(id);
    if (!stored) return;
    const isOwn = extension === "json";
    const text = isOwn ? exportConversations([stored]) : exportShareGPT([stored]);
    saveFile(`${name}.${extension}`, text);
  };
  const told = (work: Promise<void>): void => {
    work.catch((error: Error) => app.toasts.show(error.message));
  };
  return {
    Rename: rename,
    "Export as JSON": () => told(exportAs("json")),
    "Export as ShareGPT": () => told(exportAs("jsonl")),
    Delete: () => told(deleteConversation(app, id)),
  };
}

function Rename(props: { conversation: Conversation; onDone: () => void }): VNode {
  const { conversation, onDone } = props;
  const { chats } = useApp();
  const rename = async (title: string): Promise<void> => {
    onDone();
    if (title.trim() !== "") (await chats.open(conversation.id))?.rename(title);
  };
  return (
    <li class="conversation">
      <input
        class="rename"
        aria-label="Title"
        defaultValue={conversation.title}
        ref={(input) => input?.focus()}
        onBlur={({ currentTarget }) => void rename(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") {
            event.stopPropagation();
            onDone();
          }
        }}
      />
    </li>
  );
}
