import type { VNode } from "preact";
import { useSnapshot } from "../../app/context.ts";
import type { LiveText } from "../../chat/live-text.ts";

/** What stands at the end of an answer under way. */
export function Waiting({ live }: { live: LiveText }): VNode | null {
  const progress = useSnapshot(live, () => live.progress);
  const isEmpty = useSnapshot(live, () => live.text === "");
  if (!isEmpty) return null;
  const percent = progress === undefined ? undefined : Math.round(progress * 100);
  return (
    <p class="waiting">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {percent === undefined ? "Thinking" : `Reading the conversation, ${percent} %`}
    </p>
  );
}
