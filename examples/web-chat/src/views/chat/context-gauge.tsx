import type { VNode } from "preact";
import type { ContextCount } from "./use-context-count.ts";

/** How full the context is, in tokens, and what that means. */
export function ContextGauge({ count }: { count: ContextCount | undefined }): VNode {
  if (!count) return <div class="gauge" />;
  const { tokens, contextSize, droppedMessages, fits } = count;
  if (contextSize === undefined) {
    return <div class="gauge">{tokens > 0 && <span>about {tokens} tokens</span>}</div>;
  }
  const share = Math.min(1, tokens / contextSize);
  const level = !fits || droppedMessages > 0 ? "full" : share > 0.75 ? "high" : "low";
  return (
    <div class={`gauge ${level}`}>
      {note(count)}
      <span>
        {tokens.toLocaleString("en")} / {contextSize.toLocaleString("en")} tokens
      </span>
      <meter min={0} max={1} value={share} aria-label="Context in use" />
    </div>
  );
}

function note({ fits, reserve, droppedMessages }: ContextCount): VNode | null {
  if (!fits) return <strong>Leaves less than {reserve} tokens for an answer.</strong>;
  if (droppedMessages === 0) return null;
  return <strong>The {droppedMessages} oldest messages will be left out.</strong>;
}
