import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useApp, useValue } from "../../app/context.ts";
import { IconButton } from "../../components/icon-button.tsx";
import { ParametersPanel } from "./parameters-panel.tsx";
import { PromptPanel } from "./prompt-panel.tsx";

/** What stands beside a view: the parameters, or how an answer came about. */
export function InspectorPanel(): VNode | null {
  const { inspector } = useApp();
  const shown = useValue(inspector);
  const ref = useRef<HTMLElement>(null);
  const opener = useRef<Element | null>(null);
  const isOpen = shown !== undefined;
  useEffect(() => {
    if (isOpen) {
      opener.current = document.activeElement;
      ref.current?.querySelector<HTMLElement>("h2")?.focus();
    } else if (opener.current instanceof HTMLElement) {
      opener.current.focus();
      opener.current = null;
    }
  }, [isOpen]);
  if (!shown) return null;
  const title = shown === "parameters" ? "Parameters" : "Prompt and tokens";
  return (
    <aside class="inspector" aria-label={title} ref={ref}>
      <header class="inspector-head">
        <h2 tabIndex={-1}>{title}</h2>
        <IconButton
          icon="close"
          label={`Close: ${title}`}
          onClick={() => inspector.set(undefined)}
        />
      </header>
      <div class="inspector-body">
        {shown === "parameters" ? (
          <ParametersPanel />
        ) : (
          <PromptPanel key={shown.message} id={shown.message} />
        )}
      </div>
    </aside>
  );
}
