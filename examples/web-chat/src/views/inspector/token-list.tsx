import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { memo } from "../../components/memo.tsx";

/** A token to show. */
export interface TokenListItem {
  /** Absent where a server does not tell. */
  readonly id?: number;
  readonly text: string;
  readonly className: string;
  readonly style?: string;
  readonly detail: ComponentChildren;
}

/** How many tokens share a row element: what is not in view is not laid out. */
const ROW = 48;

/** Tokens in colour. The one under the pointer, or chosen by the arrow keys, is told about below. */
export function TokenList(props: {
  label: string;
  items: readonly TokenListItem[];
  withIds?: boolean;
}): VNode {
  const { label, items, withIds = false } = props;
  const list = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<number | undefined>(undefined);
  useEffect(() => mark(list.current, active), [active]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = nextIndex(event.key, active, items.length);
    if (next === undefined) return;
    event.preventDefault();
    setActive(next);
  };
  const item = active === undefined ? undefined : items[active];
  return (
    <div class="tokens-frame">
      <div
        ref={list}
        class="tokens"
        role="listbox"
        tabIndex={0}
        aria-label={label}
        aria-activedescendant={active === undefined ? undefined : `${label}-${active}`}
        onKeyDown={onKeyDown}
        onPointerOver={({ target }) => setActive(indexOf(target) ?? active)}
      >
        <Chips label={label} items={items} withIds={withIds} />
      </div>
      <div class="token-detail" role="status">
        {item?.detail ?? <span class="hint">Point at a token, or move with the arrow keys.</span>}
      </div>
    </div>
  );
}

/** Thousands of tokens are drawn once, not whenever another one is active. */
const Chips = memo(function Chips(props: {
  label: string;
  items: readonly TokenListItem[];
  withIds: boolean;
}): VNode {
  const { label, items, withIds } = props;
  const rows = Array.from({ length: Math.ceil(items.length / ROW) }, (_, row) =>
    items.slice(row * ROW, (row + 1) * ROW),
  );
  return (
    <>
      {rows.map((row, at) => (
        <div class="token-row" role="presentation" key={at}>
          {row.map(({ id, text, className, style }, column) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus, and names the active one
            <span
              key={column}
              id={`${label}-${at * ROW + column}`}
              role="option"
              aria-selected={false}
              class={`token ${className}`}
              style={style}
              data-index={at * ROW + column}
            >
              <span class="token-text">{visible(text)}</span>
              {withIds && id !== undefined && <span class="token-id">{id}</span>}
            </span>
          ))}
        </div>
      ))}
    </>
  );
});

/** Spaces and new lines, drawn. */
export function visible(text: string): string {
  return text.replaceAll(" ", "·").replaceAll("\n", "↵").replaceAll("\t", "⇥") || "∅";
}

function indexOf(target: EventTarget | null): number | undefined {
  const chip = target instanceof Element ? target.closest<HTMLElement>(".token") : null;
  return chip ? Number(chip.dataset["index"]) : undefined;
}

function mark(list: HTMLElement | null, active: number | undefined): void {
  list?.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  const chip = list?.querySelector(`[data-index="${active}"]`);
  chip?.setAttribute("aria-selected", "true");
  if (list?.matches(":focus")) chip?.scrollIntoView({ block: "nearest" });
}

function nextIndex(key: string, active = -1, length: number): number | undefined {
  const next = { ArrowRight: active + 1, ArrowLeft: active - 1, Home: 0, End: length - 1 }[key];
  return next === undefined ? undefined : Math.max(0, Math.min(length - 1, next));
}
