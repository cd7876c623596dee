import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "../app/context.ts";
import { Dialog } from "../components/dialog.tsx";

/** Asks for the key of the page's own server. */
export function KeyDialog(): VNode {
  const { connection, dialog, settings } = useApp();
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    settings.set({ key: field.current?.value.trim() ?? "" });
    dialog.set(undefined);
    connection.reconnect();
  };
  return (
    <Dialog title="This server asks for a key" onClose={() => dialog.set(undefined)}>
      <form onSubmit={submit}>
        <p>
          Whoever started it has the key: it was printed at the start. It is kept in this browser
          alone.
        </p>
        <label class="field">
          <span>Key</span>
          <input
            ref={field}
            type="password"
            autocomplete="off"
            required
            defaultValue={settings.get().key}
          />
        </label>
        <div class="dialog-actions">
          <button type="submit" class="button primary">
            Connect
          </button>
        </div>
      </form>
    </Dialog>
  );
}
