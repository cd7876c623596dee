import type { Tokenizer } from "@llama2-kit/tokenizer";

/** A token as it is shown. */
export interface Piece {
  readonly id: number;
  /** Its name in the vocabulary. */
  readonly name: string;
  /** Its text, with what cannot be seen made visible. */
  readonly label: string;
  /** `special` for BOS and the like, which have no text; `byte` for a part of a rare character. */
  readonly kind: "special" | "byte" | "text";
  /** Its UTF-8, in hexadecimal; empty for a special token. */
  readonly bytes: string;
  readonly isNewline: boolean;
}

const VISIBLE: Record<string, string> = { "0A": "↵", "0D": "␍", "09": "⇥" };

/** Describes tokens. Each is made only once, for a text has many of the same. */
export class Pieces {
  readonly #tokenizer: Tokenizer;
  readonly #known = new Map<number, Piece>();

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  get(id: number): Piece {
    const known = this.#known.get(id);
    if (known) return known;
    const piece = this.#describe(id, this.#tokenizer.idToToken(id) ?? "");
    this.#known.set(id, piece);
    return piece;
  }

  #describe(id: number, name: string): Piece {
    const { bosId, eosId, unkId } = this.#tokenizer;
    if (id === bosId || id === eosId || id === unkId) {
      return { id, name, label: name, kind: "special", bytes: "", isNewline: false };
    }
    const byte = /^<0x([0-9A-F]{2})>$/.exec(name)?.[1];
    if (byte !== undefined) {
      const label = VISIBLE[byte] ?? byte;
      return { id, name, label, kind: "byte", bytes: byte, isNewline: byte === "0A" };
    }
    const bytes = hexOf(name.replaceAll("▁", " "));
    return { id, name, label: name.replaceAll("▁", "·"), kind: "text", bytes, isNewline: false };
  }
}

function hexOf(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text));
  return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
}
