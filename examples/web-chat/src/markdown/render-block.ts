import DOMPurify from "dompurify";
import { Marked } from "marked";

const marked = new Marked({ gfm: true, breaks: true });

/** What an answer may be made of: text. Nothing that loads, runs, or asks for something. */
const ALLOWED_TAGS = [
  ..."h1 h2 h3 h4 h5 h6 p br hr blockquote ul ol li pre code em strong del a".split(" "),
  ..."table thead tbody tr th td sub sup kbd input".split(" "),
];
const ALLOWED_ATTRIBUTES = ["href", "title", "align", "start", "type", "checked", "disabled"];

/** The only addresses that a link may have: no `javascript:`, no `data:`. */
const SAFE_ADDRESS = /^(?:https?|mailto):/i;

/**
 * Draws a block of Markdown. The text comes from a model, which can be made to write anything.
 *
 * @returns what to show; nothing in it loads anything or runs
 */
export function renderBlock(markdown: string): DocumentFragment {
  const html = marked.parse(markdown, { async: false });
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS,
    ALLOWED_ATTR: ALLOWED_ATTRIBUTES,
    ALLOWED_URI_REGEXP: SAFE_ADDRESS,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of fragment.querySelectorAll("a")) guardLink(link);
  for (const input of fragment.querySelectorAll("input")) guardInput(input);
  for (const table of fragment.querySelectorAll("table")) wrapTable(table);
  return fragment;
}

function guardLink(link: HTMLAnchorElement): void {
  if (!link.hasAttribute("href")) return;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
}

/** A list of tasks has boxes; any other field could ask for a password. */
function guardInput(input: HTMLInputElement): void {
  if (input.type !== "checkbox") input.remove();
  input.disabled = true;
  input.setAttribute("aria-label", "Task");
}

/** A wide table scrolls by itself, and by keyboard. */
function wrapTable(table: HTMLTableElement): void {
  const frame = document.createElement("div");
  frame.className = "table-frame";
  frame.tabIndex = 0;
  frame.role = "region";
  frame.ariaLabel = "Table";
  table.replaceWith(frame);
  frame.append(table);
}
