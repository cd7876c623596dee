import type { TokenList } from "./token-list.ts";
import type { Token } from "./tokens.ts";

/** The id of the chip that assistive technology takes for the chosen one. */
const ACTIVE = "active-token";

/** Says what a token is, when the pointer is over it or the arrow keys have come to it. */
export class TokenDetail {
  readonly #list: HTMLElement;
  readonly #detail: HTMLElement;
  readonly #tokens: TokenList;
  #active: Element | undefined;

  constructor(list: HTMLElement, detail: HTMLElement, tokens: TokenList) {
    this.#list = list;
    this.#detail = detail;
    this.#tokens = tokens;
    list.addEventListener("pointerover", ({ target }) => {
      if (target instanceof Element && target.matches(".chip")) this.#show(target);
    });
    list.addEventListener("focus", () => this.#show(this.#chip() ?? this.#end("first")));
    list.addEventListener("keydown", (event) => this.#onKey(event));
    this.clear();
  }

  /** Forgets the token, after the text has changed. */
  clear(): void {
    this.#mark(undefined);
    this.#detail.textContent = "Point at a token, or move through them with the arrow keys.";
  }

  #onKey(event: KeyboardEvent): void {
    const target = this.#targetOf(event.key);
    if (!target) return;
    event.preventDefault();
    this.#show(target);
    target.scrollIntoView({ block: "nearest" });
  }

  #targetOf(key: string): Element | null | undefined {
    const chip = this.#chip();
    const line = chip?.parentElement;
    switch (key) {
      case "ArrowRight":
        return chip?.nextElementSibling ?? line?.nextElementSibling?.firstElementChild;
      case "ArrowLeft":
        return chip?.previousElementSibling ?? line?.previousElementSibling?.lastElementChild;
      case "ArrowDown":
        return line?.nextElementSibling?.firstElementChild;
      case "ArrowUp":
        return line?.previousElementSibling?.firstElementChild;
      case "Home":
        return this.#end("first");
      case "End":
        return this.#end("last");
      default:
        return undefined;
    }
  }

  #chip(): Element | undefined {
    return this.#active?.isConnected ? this.#active : undefined;
  }

  #end(which: "first" | "last"): Element | null | undefined {
    return which === "first"
      ? this.#list.firstElementChild?.firstElementChild
      : this.#list.lastElementChild?.lastElementChild;
  }

  #show(chip: Element | null | undefined): void {
    const found = chip && this.#tokens.find(chip);
    if (!found) return;
    this.#mark(chip);
    this.#detail.textContent = describe(found.token, found.index);
  }

  #mark(chip: Element | undefined): void {
    this.#active?.removeAttribute("id");
    this.#active?.removeAttribute("aria-selected");
    chip?.setAttribute("id", ACTIVE);
    chip?.setAttribute("aria-selected", "true");
    this.#list.setAttribute("aria-activedescendant", chip ? ACTIVE : "");
    this.#active = chip;
  }
}

function describe({ piece, text, role }: Token, index: number): string {
  const parts = [`Token ${index + 1}`, `id ${piece.id}`, piece.name];
  if (piece.bytes !== "") parts.push(`${piece.kind === "byte" ? "byte" : "bytes"} ${piece.bytes}`);
  if (piece.kind === "byte" && text.trim() !== "") parts.push(`the first of “${text}”`);
  if (role) parts.push(`${role} message`);
  return parts.join("  ·  ");
}
