import type { VNode } from "preact";
import { useApp } from "../app/context.ts";
import { Dialog } from "../components/dialog.tsx";
import { SHORTCUTS } from "./use-shortcuts.ts";

/** The keys that do something. */
export function HelpDialog(): VNode {
  const { dialog } = useApp();
  return (
    <Dialog title="Keyboard" onClose={() => dialog.set(undefined)}>
      <dl class="shortcuts">
        {SHORTCUTS.map(({ keys, about }) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{about}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
