import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { PromptToken } from "../../app-api.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { TokenList, type TokenListItem } from "./token-list.tsx";
import type { Prompt } from "./use-inspection.ts";

/** The prompt, as tokens or as text. */
export function PromptTokens({ prompt, cached }: { prompt: Prompt; cached: number }): VNode {
  const [isText, setText] = useState(false);
  const { tokens, text } = prompt;
  return (
    <>
      <div class="tabs">
        {tokens && (
          <>
            <button
              type="button"
              class="pill"
              aria-pressed={!isText}
              onClick={() => setText(false)}
            >
              Tokens
            </button>
            <button type="button" class="pill" aria-pressed={isText} onClick={() => setText(true)}>
              Text
            </button>
          </>
        )}
        <span class="spacer" />
        <CopyButton label="Copy the prompt" read={() => text} />
      </div>
      {tokens && !isText ? (
        <>
          {cached > 0 && (
            <p class="hint">
              <span class="swatch cached" /> The first {cached} tokens were still in the cache, and
              cost nothing.
            </p>
          )}
          <TokenList label="Tokens of the prompt" items={toItems(tokens, cached)} withIds />
        </>
      ) : (
        <PromptText text={text} tokens={tokens} />
      )}
    </>
  );
}

/** Neighbours have different colours; the style has this many. */
const COLORS = 5;

function toItems(tokens: readonly PromptToken[], cached: number): TokenListItem[] {
  return tokens.map(({ id, text, kind }, index) => {
    const isCached = index < cached;
    const mark = kind === "bos" || kind === "eos" ? "special" : `color-${index % COLORS}`;
    return {
      id,
      text,
      className: `${mark}${isCached ? " cached" : ""}`,
      detail: `Token ${index + 1} · id ${id}${isCached ? " · cached" : ""}`,
    };
  });
}

/** What the format itself puts into a prompt. */
const TAGS = /(\[\/?INST\]|<<\/?SYS>>|<\/?s>)/;

/** The text of a prompt, with the format's own marks set off. BOS and EOS are told from text that spells them by the tokens. */
function PromptText({ text, tokens }: { text: string; tokens: Prompt["tokens"] }): VNode {
  const parts = text.split(TAGS);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre class="prompt-text" tabIndex={0} data-exact={tokens !== undefined}>
      {parts.map((part, index) =>
        index % 2 === 1 ? <mark key={`${index}${part}`}>{part}</mark> : part,
      )}
    </pre>
  );
}
