const number = new Intl.NumberFormat("en-US");
const ratio = new Intl.NumberFormat("en-US", {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});

/** Shows how many tokens, characters and words there are. */
export function showCounts(element: HTMLElement, tokens: number, text: string): void {
  const words = text.match(/\S+/g)?.length ?? 0;
  const counts = {
    tokens: number.format(tokens),
    characters: number.format(countCharacters(text)),
    words: number.format(words),
    "tokens per word": words === 0 ? "–" : ratio.format(tokens / words),
  };
  element.replaceChildren(
    ...Object.entries(counts).map(([name, value]) => {
      const group = document.createElement("div");
      const [term, data] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      data.textContent = value;
      group.append(term, data);
      return group;
    }),
  );
}

/** A character of two UTF-16 units counts once. */
function countCharacters(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}
