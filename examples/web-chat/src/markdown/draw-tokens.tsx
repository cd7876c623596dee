import type { Token, Tokens } from "marked";
import type { ComponentChildren, VNode } from "preact";
import { CodeView } from "../components/code-view.tsx";
import { decodeEntities } from "./decode-entities.ts";
import { safeAddress } from "./safe-address.ts";

/**
 * Draws Markdown. It is drawn from what was read, not by way of HTML: so whatever a model writes is text, and there is
 * nothing that could load or run.
 */
export function drawTokens(tokens: readonly Token[] = []): ComponentChildren {
  return tokens.map((token) => drawers[token.type]?.(token as never) ?? token.raw);
}

/** How each type of token is drawn. Those of HTML are not among them: they are shown as they were written. */
const drawers: Readonly<Record<string, (token: never) => ComponentChildren>> = {
  space: () => "",
  def: () => "",
  br: () => <br />,
  hr: () => <hr />,
  paragraph: ({ tokens }: Tokens.Paragraph) => <p>{drawTokens(tokens)}</p>,
  text: ({ tokens, text }: Tokens.Text) => (tokens ? drawTokens(tokens) : decodeEntities(text)),
  escape: ({ text }: Tokens.Escape) => text,
  strong: ({ tokens }: Tokens.Strong) => <strong>{drawTokens(tokens)}</strong>,
  em: ({ tokens }: Tokens.Em) => <em>{drawTokens(tokens)}</em>,
  del: ({ tokens }: Tokens.Del) => <del>{drawTokens(tokens)}</del>,
  codespan: ({ text }: Tokens.Codespan) => <code>{text}</code>,
  blockquote: ({ tokens }: Tokens.Blockquote) => <blockquote>{drawTokens(tokens)}</blockquote>,
  code: ({ lang = "", text }: Tokens.Code) => (
    <CodeView language={lang.split(/\s/)[0] ?? ""} code={text} />
  ),
  heading: drawHeading,
  link: ({ href, title, tokens }: Tokens.Link) => drawLink(href, title, drawTokens(tokens)),
  // An image would be loaded from somewhere, and so tell that it was seen.
  image: ({ href, title, text }: Tokens.Image) => drawLink(href, title, `Image: ${text || href}`),
  list: drawList,
  table: drawTable,
};

function drawHeading({ depth, tokens }: Tokens.Heading): VNode {
  // The page's own headings are above those of an answer.
  const Tag = `h${Math.min(6, depth + 3)}` as "h4";
  return <Tag data-depth={depth}>{drawTokens(tokens)}</Tag>;
}

function drawLink(
  href: string,
  title: string | null | undefined,
  content: ComponentChildren,
): VNode {
  const address = safeAddress(href);
  if (address === undefined) return <span title={href}>{content}</span>;
  return (
    <a href={address} title={title || address} target="_blank" rel="noopener noreferrer">
      {content}
    </a>
  );
}

function drawList({ ordered, start, items }: Tokens.List): VNode {
  const content = items.map(({ task, checked, tokens }) => (
    <li data-task={task}>
      {task && <input type="checkbox" checked={checked ?? false} disabled aria-label="Task" />}
      {drawTokens(tokens.filter(({ type }) => type !== "checkbox"))}
    </li>
  ));
  return ordered ? <ol start={Number(start) || 1}>{content}</ol> : <ul>{content}</ul>;
}

function drawTable({ header, rows }: Tokens.Table): VNode {
  const cell =
    (Tag: "th" | "td") =>
    ({ tokens, align }: Tokens.TableCell) => (
      <Tag style={align ? { textAlign: align } : undefined}>{drawTokens(tokens)}</Tag>
    );
  return (
    // A wide table scrolls by itself, and by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="table-frame" aria-label="Table" tabIndex={0}>
      <table>
        <thead>
          <tr>{header.map(cell("th"))}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>{row.map(cell("td"))}</tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
