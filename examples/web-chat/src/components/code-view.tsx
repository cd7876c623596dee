import type { VNode } from "preact";
import { CopyButton } from "./copy-button.tsx";

/** A block of code, with a button that copies it. */
export function CodeView({ language, code }: { language: string; code: string }): VNode {
  return (
    <figure class="code">
      <figcaption>
        <span>{language || "text"}</span>
        <CopyButton label="Copy code" read={() => code} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
    </figure>
  );
}
