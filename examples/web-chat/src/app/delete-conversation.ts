import type { App } from "./app.ts";
import { addressOf } from "./route.ts";

/** Deletes a conversation, and offers to take that back. */
export async function deleteConversation(app: App, id: string): Promise<void> {
  const { chats, store, toasts } = app;
  chats.close(id);
  const deleted = await store.delete(id);
  await chats.refresh();
  const isShown = location.hash === addressOf({ view: "chat", conversation: id });
  if (isShown) location.hash = addressOf({ view: "chat" });
  const undo = async (): Promise<void> => {
    if (deleted) await store.add([deleted]);
    await chats.refresh();
  };
  toasts.show("Conversation deleted.", { label: "Undo", run: () => void undo() });
}
