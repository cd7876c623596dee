import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { useApp, useSettings, useValue } from "../app/context.ts";
import { ChatView } from "./chat/chat-view.tsx";
import { ConnectView } from "./connect/connect-view.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { HelpDialog } from "./help-dialog.tsx";
import { InspectorPanel } from "./inspector/inspector-panel.tsx";
import { KeyDialog } from "./key-dialog.tsx";
import { ModelView } from "./model/model-view.tsx";
import { NotebookView } from "./notebook/notebook-view.tsx";
import { StatusRegion, ToastList } from "./notes.tsx";
import { Sidebar } from "./sidebar/sidebar.tsx";
import { TrainingView } from "./training/training-view.tsx";
import { useShortcuts } from "./use-shortcuts.ts";

/** The page: what is always there, and the view of its address. */
export function AppShell(): VNode {
  const { dialog, drawer, route } = useApp();
  const { theme } = useSettings();
  const open = useValue(dialog);
  const shown = useValue(route);
  useShortcuts();
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  useEffect(() => drawer.set(false), [shown]);
  return (
    <>
      <button type="button" class="skip-link" onClick={focusMain}>
        To the content
      </button>
      <Sidebar />
      <main id="main" tabIndex={-1}>
        <ConnectionBanner />
        {shown.view === "chat" && <ChatView id={shown.conversation} />}
        {shown.view === "notebook" && <NotebookView />}
        {shown.view === "model" && <ModelView />}
        {shown.view === "training" && <TrainingView />}
        {shown.view === "connect" && <ConnectView />}
      </main>
      <InspectorPanel />
      <ToastList />
      <StatusRegion />
      {open === "help" && <HelpDialog />}
      {open === "key" && <KeyDialog />}
    </>
  );
}

function focusMain(): void {
  document.getElementById("main")?.focus();
}
