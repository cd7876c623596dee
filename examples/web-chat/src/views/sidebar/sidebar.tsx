import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useApp, useValue } from "../../app/context.ts";
import { addressOf, type Route } from "../../app/route.ts";
import { Icon, type IconName } from "../../components/icon.tsx";
import { IconButton } from "../../components/icon-button.tsx";
import { ConversationList } from "./conversation-list.tsx";
import { SidebarFoot } from "./sidebar-foot.tsx";

const VIEWS: readonly { view: Route["view"]; label: string; icon: IconName }[] = [
  { view: "notebook", label: "Notebook", icon: "notebook" },
  { view: "model", label: "Model", icon: "model" },
  { view: "training", label: "Training", icon: "training" },
  { view: "connect", label: "Connect", icon: "connect" },
];

/** The way to every view and conversation. A drawer, where there is no room for it beside the view. */
export function Sidebar(): VNode {
  const { drawer, route } = useApp();
  const shown = useValue(route);
  const isOpen = useValue(drawer);
  const ref = useRef<HTMLElement>(null);
  const opener = useRef<Element | null>(null);
  useEffect(() => {
    if (isOpen) {
      opener.current = document.activeElement;
      ref.current?.querySelector<HTMLElement>("a, button")?.focus();
    } else if (opener.current instanceof HTMLElement) {
      opener.current.focus();
      opener.current = null;
    }
  }, [isOpen]);
  return (
    <>
      {isOpen && (
        // By keyboard, Escape and the button in the drawer do the same.
        <button
          type="button"
          class="drawer-shade"
          tabIndex={-1}
          aria-hidden="true"
          onClick={() => drawer.set(false)}
        />
      )}
      <nav class="sidebar" data-open={isOpen} aria-label="Views and conversations" ref={ref}>
        <div class="sidebar-head">
          <span class="brand">Llama 2</span>
          <IconButton
            icon="close"
            class="drawer-close"
            label="Close the menu"
            onClick={() => drawer.set(false)}
          />
        </div>
        <a class="button primary new-chat" href={addressOf({ view: "chat" })}>
          <Icon name="add" />
          New chat
        </a>
        <ul class="views">
          {VIEWS.map(({ view, label, icon }) => (
            <li key={view}>
              <a
                class="nav-link"
                href={addressOf({ view } as Route)}
                aria-current={shown.view === view ? "page" : undefined}
              >
                <Icon name={icon} />
                {label}
              </a>
            </li>
          ))}
        </ul>
        <ConversationList shown={shown.view === "chat" ? shown.conversation : undefined} />
        <SidebarFoot />
      </nav>
    </>
  );
}
