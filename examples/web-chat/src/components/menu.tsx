import type { VNode } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { IconButton } from "./icon-button.tsx";

/** A button that opens a short list of actions, over everything else and with the keys that menus have. */
export function Menu(props: {
  label: string;
  actions: Readonly<Record<string, () => void>>;
}): VNode {
  const [isOpen, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  // Before anything else is typed: a key that comes at once is meant for the menu.
  useLayoutEffect(() => {
    if (!isOpen) return;
    place(list.current, frame.current);
    items(list.current)[0]?.focus();
    const closeOutside = ({ target }: Event): void => {
      if (target instanceof Node && !frame.current?.contains(target)) setOpen(false);
    };
    addEventListener("pointerdown", closeOutside);
    return () => removeEventListener("pointerdown", closeOutside);
  }, [isOpen]);
  const close = (): void => {
    setOpen(false);
    frame.current?.querySelector("button")?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" || event.key === "Tab") close();
    else if (!moveFocus(list.current, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="menu" data-open={isOpen} ref={frame}>
      <IconButton icon="more" label={props.label} onClick={() => setOpen(!isOpen)} />
      {isOpen && (
        <div
          id={id}
          class="menu-list"
          role="menu"
          aria-label={props.label}
          ref={list}
          onKeyDown={onKeyDown}
        >
          {Object.entries(props.actions).map(([label, run]) => (
            <button
              type="button"
              role="menuitem"
              tabIndex={-1}
              key={label}
              onClick={() => {
                close();
                run();
              }}
            >
              {label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function items(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
}

function moveFocus(list: HTMLElement | null, key: string): boolean {
  const all = items(list);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[key];
  if (to === undefined) return false;
  all.at(to % all.length)?.focus();
  return true;
}

/** Puts the list below its button, or above where there is no room; what scrolls around it cannot cut it off. */
function place(list: HTMLElement | null, frame: HTMLElement | null): void {
  if (!list || !frame) return;
  const button = frame.getBoundingClientRect();
  const isLow = button.bottom + list.offsetHeight > innerHeight - 8;
  list.style.top = `${isLow ? button.top - list.offsetHeight : button.bottom}px`;
  list.style.left = `${Math.max(8, button.right - list.offsetWidth)}px`;
}
