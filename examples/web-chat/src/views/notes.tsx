import type { VNode } from "preact";
import { useApp, useValue } from "../app/context.ts";
import { IconButton } from "../components/icon-button.tsx";

/** What a screen reader says when it is idle: that an answer begins and ends, not each of its tokens. */
export function StatusRegion(): VNode {
  const { status } = useApp();
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {useValue(status)}
    </div>
  );
}

/** Notes that go by themselves. */
export function ToastList(): VNode {
  const { toasts } = useApp();
  const list = useValue(toasts.list);
  return (
    <div class="toasts" role="status" aria-label="Notes">
      {list.map(({ id, text, action }) => (
        <div class="toast" key={id}>
          <span>{text}</span>
          {action && (
            <button
              type="button"
              class="link"
              onClick={() => {
                action.run();
                toasts.dismiss(id);
              }}
            >
              {action.label}
            </button>
          )}
          <IconButton icon="close" label="Dismiss" onClick={() => toasts.dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
