import type { ComponentChildren, VNode } from "preact";
import { useApp } from "../../app/context.ts";
import { deleteConversation } from "../../app/delete-conversation.ts";
import { addressOf } from "../../app/route.ts";
import { saveFile } from "../../components/save-file.ts";
import { ViewHead } from "../../components/view-head.tsx";

/** Stands where the address names a conversation that this browser does not have. */
export function MissingConversation(): VNode {
  return (
    <Instead title="This conversation is not here">
      <p>
        It was deleted, or it is in another browser: conversations are kept where they were held.
      </p>
      <a class="button primary" href={addressOf({ view: "chat" })}>
        New chat
      </a>
    </Instead>
  );
}

/** Stands where a conversation is kept but cannot be shown, so that what there is of it can be taken out. */
export function UnreadableConversation({ id, error }: { id: string; error: unknown }): VNode {
  const app = useApp();
  const { store, toasts } = app;
  const tell = (reason: unknown): void => toasts.show(String(reason));
  const save = async (): Promise<void> => {
    saveFile("conversation.json", JSON.stringify(await store.load(id), null, 2));
  };
  return (
    <Instead title="This conversation cannot be read">
      <p>What this browser keeps of it is damaged. {String(error)}</p>
      <div class="form-actions">
        <button type="button" class="button primary" onClick={() => save().catch(tell)}>
          Export it as it is
        </button>
        <button
          type="button"
          class="button"
          onClick={() => deleteConversation(app, id).catch(tell)}
        >
          Delete it
        </button>
      </div>
    </Instead>
  );
}

function Instead({ title, children }: { title: string; children: ComponentChildren }): VNode {
  return (
    <div class="view">
      <ViewHead title={title} />
      <div class="view empty">{children}</div>
    </div>
  );
}
