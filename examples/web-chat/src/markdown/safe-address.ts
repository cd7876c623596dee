/** An address that a link may lead to; undefined for `javascript:`, `data:` and whatever else could run. */
export function safeAddress(href: string): string | undefined {
  try {
    const { protocol } = new URL(href);
    return ["http:", "https:", "mailto:"].includes(protocol) ? href : undefined;
  } catch {
    // Without a host it would lead into this page.
    return undefined;
  }
}
