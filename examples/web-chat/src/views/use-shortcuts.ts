import { useEffect } from "preact/hooks";
import type { App } from "../app/app.ts";
import { useApp } from "../app/context.ts";
import { addressOf } from "../app/route.ts";
import type { ChatController } from "../chat/chat-controller.ts";

/** A key, and what it does. */
interface Shortcut {
  /** As people read it. */
  readonly keys: string;
  readonly about: string;
  /** Absent where the field that has the focus does it. */
  readonly run?: (app: App) => void;
  readonly fits?: (event: KeyboardEvent) => boolean;
}

function alt(code: string): (event: KeyboardEvent) => boolean {
  return (event) => event.altKey && !event.ctrlKey && !event.metaKey && event.code === code;
}

/** A key by itself, where nobody is writing. */
function plain(key: string): (event: KeyboardEvent) => boolean {
  return (event) =>
    event.key === key && !event.ctrlKey && !event.metaKey && !event.altKey && !isWriting(event);
}

/** All of them, in the order of the help. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: "Enter", about: "Send the message" },
  { keys: "Shift Enter", about: "Begin a new line" },
  { keys: "↑", about: "Edit the last message, where the field is empty" },
  { keys: "Esc", about: "Stop the answer; close what is open", fits: isEscape, run: stopOrClose },
  { keys: "/", about: "Write a message", fits: plain("/"), run: focusComposer },
  { keys: "Ctrl K", about: "Search the conversations", fits: isSearch, run: focusSearch },
  { keys: "Alt N", about: "New chat", fits: alt("KeyN"), run: newChat },
  { keys: "Alt R", about: "Answer again", fits: alt("KeyR"), run: regenerate },
  {
    keys: "Alt I",
    about: "The prompt and tokens of the last answer",
    fits: alt("KeyI"),
    run: inspect,
  },
  { keys: "Alt P", about: "Parameters", fits: alt("KeyP"), run: toggleParameters },
  { keys: "?", about: "This list", fits: plain("?"), run: ({ dialog }) => dialog.set("help") },
];

/** Has the keys of the whole page do what they are for. */
export function useShortcuts(): void {
  const app = useApp();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      // A dialog has its own.
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      const shortcut = SHORTCUTS.find(({ fits }) => fits?.(event));
      if (!shortcut?.run) return;
      event.preventDefault();
      shortcut.run(app);
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}

function isWriting({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.matches("input, textarea, select, [contenteditable]");
}

function isEscape({ key }: KeyboardEvent): boolean {
  return key === "Escape";
}

function isSearch({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return (ctrlKey || metaKey) && key.toLowerCase() === "k";
}

function stopOrClose(app: App): void {
  const stop = document.querySelector<HTMLElement>("[data-stop], .round[aria-label=Stop]");
  if (stop) stop.click();
  else if (app.drawer.get()) app.drawer.set(false);
  else app.inspector.set(undefined);
}

function focusComposer(): void {
  document.querySelector<HTMLElement>(".composer textarea, .notebook textarea")?.focus();
}

function focusSearch({ drawer }: App): void {
  drawer.set(true);
  requestAnimationFrame(() => document.querySelector<HTMLElement>("#search")?.focus());
}

function newChat(): void {
  location.hash = addressOf({ view: "chat" });
}

function toggleParameters({ inspector }: App): void {
  inspector.set(inspector.get() === "parameters" ? undefined : "parameters");
}

function regenerate(app: App): void {
  void shownChat(app).then((controller) => {
    const last = controller?.getState().path.at(-1);
    if (last) void controller?.regenerate(last.id);
  });
}

function inspect(app: App): void {
  void shownChat(app).then((controller) => {
    const answer = controller?.getState().path.findLast(({ role }) => role === "assistant");
    if (answer) app.inspector.set({ message: answer.id });
  });
}

async function shownChat({ chats, route }: App): Promise<ChatController | undefined> {
  const shown = route.get();
  const id = shown.view === "chat" ? shown.conversation : undefined;
  return id === undefined ? undefined : chats.open(id);
}
