import type { VNode } from "preact";
import { useApp, useSettings } from "../../app/context.ts";
import { IconButton } from "../../components/icon-button.tsx";
import { Menu } from "../../components/menu.tsx";
import { chooseFile, saveFile } from "../../components/save-file.ts";
import {
  exportConversations,
  exportShareGPT,
  importConversations,
  MOST_IMPORT_BYTES,
} from "../../store/transfer.ts";

const THEMES = {
  system: { next: "light", icon: "system", label: "Theme: as the system" },
  light: { next: "dark", icon: "sun", label: "Theme: light" },
  dark: { next: "system", icon: "moon", label: "Theme: dark" },
} as const;

/** What concerns the whole app. */
export function SidebarFoot(): VNode {
  const { dialog, settings } = useApp();
  const { theme } = useSettings();
  const { next, icon, label } = THEMES[theme] ?? THEMES.system;
  return (
    <div class="sidebar-foot">
      <IconButton icon={icon} label={label} onClick={() => settings.set({ theme: next })} />
      <IconButton icon="help" label="Keyboard shortcuts" onClick={() => dialog.set("help")} />
      <Menu label="Import and export" actions={useTransfers()} />
    </div>
  );
}

function useTransfers(): Readonly<Record<string, () => void>> {
  const { chats, store, toasts } = useApp();
  const importFile = async (): Promise<void> => {
    const file = await chooseFile(".json,.jsonl,application/json");
    if (!file) return;
    if (file.size > MOST_IMPORT_BYTES) {
      throw new Error(`${file.name} is larger than ${MOST_IMPORT_BYTES / 2 ** 20} MB.`);
    }
    const conversations = importConversations(await file.text());
    await store.add(conversations);
    await chats.refresh();
    const { length } = conversations;
    toasts.show(length === 1 ? "1 conversation imported." : `${length} conversations imported.`);
  };
  const exportAll = async (extension: "json" | "jsonl"): Promise<void> => {
    const all = await store.all();
    const isOwn = extension === "json";
    saveFile(`conversations.${extension}`, isOwn ? exportConversations(all) : exportShareGPT(all));
  };
  const told = (work: Promise<void>): void => {
    work.catch((error: Error) => toasts.show(error.message));
  };
  return {
    "Import conversations": () => told(importFile()),
    "Export all as JSON": () => told(exportAll("json")),
    "Export all as ShareGPT": () => told(exportAll("jsonl")),
  };
}
