import type { VNode } from "preact";
import { useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { LiveText } from "../chat/live-text.ts";
import { BlockCutter } from "../markdown/blocks.ts";
import { drawTokens } from "../markdown/draw-tokens.tsx";
import { lex } from "../markdown/lex.ts";
import { memo } from "./memo.tsx";

/**
 * A text in Markdown. While it streams in, only its last block is read and drawn anew; and as it is the same component
 * before and after its end, nothing moves then.
 */
export function Markdown({ text, live }: { text: string; live?: LiveText | undefined }): VNode {
  const [, draw] = useState(0);
  const cutter = useMemo(() => new BlockCutter(), []);
  useLayoutEffect(() => live?.subscribe(() => draw((count) => count + 1)), [live]);
  const blocks = cutter.cut(live ? live.text : text);
  return (
    <div class="prose">
      {blocks.map((block, index) => (
        <Block key={index} block={block} />
      ))}
    </div>
  );
}

const Block = memo(function Block({ block }: { block: string }): VNode {
  return <>{drawTokens(lex(block))}</>;
});
