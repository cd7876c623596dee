const NEWLINE = 10;
const QUOTE = 34;
const COMMA = 44;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/**
 * Finds where the elements of a JSON array begin and end, byte by byte, by brackets and quotation marks alone. All
 * that counts is ASCII, which is never part of another character in UTF-8.
 */
export class ArrayScanner {
  /** At the end it is behind the array, or the array is not whole. */
  place: "before" | "between" | "within" | "behind" | "beyond" = "before";
  /** Where the last byte was, and where the element of now or the last one begins, from 1. */
  line = 1;
  elementLine = 1;
  /** Brackets that are open within the element. */
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** Whether an element begins with the byte, or ends before it. */
  read(byte: number): "begins" | "ends" | undefined {
    if (byte === NEWLINE && this.place !== "beyond") this.line++;
    if (this.#inString) return this.#readString(byte);
    return this.place === "within" ? this.#readElement(byte) : this.#readOutside(byte);
  }

  #readString(byte: number): undefined {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = false;
  }

  #readOutside(byte: number): "begins" | undefined {
    if (isSpace(byte) || this.place === "beyond") return undefined;
    if (this.place === "behind") this.place = "beyond";
    else if (byte === CLOSE_ARRAY) this.place = "behind";
    else if (this.place === "before") this.place = "between";
    else if (byte !== COMMA) {
      this.place = "within";
      this.elementLine = this.line;
      this.#readElement(byte);
      return "begins";
    }
    return undefined;
  }

  #readElement(byte: number): "ends" | undefined {
    if (this.#depth === 0 && (byte === COMMA || byte === CLOSE_ARRAY)) {
      this.place = byte === COMMA ? "between" : "behind";
      return "ends";
    }
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) this.#depth++;
    else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) this.#depth--;
    return undefined;
  }
}

function isSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}
