/** An element of a rule, as llama.cpp has them: rules are lists of alternatives, each a list of symbols. */
export type GbnfSymbol = { readonly rule: string } | "terminal";

/** One of the ways to go on in a rule. */
export type GbnfAlternative = readonly GbnfSymbol[];

/** Why a text is not a grammar, and where. */
export class GbnfSyntaxError extends Error {
  override readonly name = "GbnfSyntaxError";
}

/** llama.cpp's limit to how far a repetition may be written out. */
const MOST_REPETITIONS = 2000;

const WORD = /[a-zA-Z0-9-]+/y;
const SPACE = /(?:[ \t]|#[^\r\n]*)+/y;
const SPACE_AND_LINES = /(?:[ \t\r\n]|#[^\r\n]*)+/y;
const CHARACTER = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[tnr\\"[\]-])|[^\\]/suy;
const TOKEN = /!?<\[\d+\]>/y;
const REPETITION = /\{[ \t]*(\d+)[ \t]*(?:(,)[ \t]*(\d+)?[ \t]*)?\}/y;

/**
 * Reads a grammar in GBNF as llama.cpp does (`llama_grammar_parser` in its src/llama-grammar.cpp), which writes what
 * is wrong with one to the standard error and tells nobody else.
 */
export class GbnfParser {
  readonly rules: Map<string, GbnfAlternative[]> = new Map();
  readonly #text: string;
  #position = 0;
  /** Names of rules, written and made: llama.cpp counts them to limit repetitions. */
  readonly #names = new Set<string>();
  /** Where each rule is first spoken of. */
  readonly #mentions = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  /** @throws GbnfSyntaxError */
  parse(): void {
    // To llama.cpp, the text would end there.
    const end = this.#text.indexOf("\0");
    if (end >= 0) throw this.#error("unexpected character U+0000", end);
    this.#space(true);
    while (this.#position < this.#text.length) this.#rule();
    for (const [name, position] of this.#mentions) {
      if (!this.rules.has(name)) {
        throw this.#error(`the rule ${JSON.stringify(name)} is not defined`, position);
      }
    }
  }

  #rule(): void {
    const name = this.#match(WORD)?.[0];
    if (name === undefined) throw this.#error("expected the name of a rule");
    this.#names.add(name);
    this.#space(false);
    if (!this.#take("::=")) throw this.#error(`expected "::=" after ${JSON.stringify(name)}`);
    this.#space(true);
    this.rules.set(name, this.#alternatives(name, false));
    const isAtEnd = this.#position >= this.#text.length;
    if (!isAtEnd && !this.#take("\r\n") && !this.#take("\n") && !this.#take("\r")) {
      throw this.#error("expected a new line or the end");
    }
    this.#space(true);
  }

  #alternatives(name: string, isNested: boolean): GbnfAlternative[] {
    const alternatives = [this.#sequence(name, isNested)];
    while (this.#take("|")) {
      this.#space(true);
      alternatives.push(this.#sequence(name, isNested));
    }
    return alternatives;
  }

  #sequence(name: string, isNested: boolean): GbnfSymbol[] {
    const symbols: GbnfSymbol[] = [];
    /** What the next repetition repeats, and how many rules that is written out as. */
    let last: { readonly start: number; rules: number } | undefined;
    for (;;) {
      const times = this.#repetition();
      if (times) {
        if (!last || last.start === symbols.length)
          throw this.#error("expected something to repeat before this");
        last.rules = this.#repeat(name, symbols, last.start, last.rules, times);
      } else {
        const before = this.#names.size;
        const item = this.#item(name);
        if (!item) return symbols;
        last = { start: symbols.length, rules: Math.max(1, this.#names.size - before) };
        symbols.push(...item);
      }
      this.#space(isNested);
    }
  }

  #item(name: string): GbnfSymbol[] | undefined {
    if (this.#take('"')) return this.#characters('"');
    if (this.#take("[")) {
      this.#take("^");
      return this.#characters("]").slice(0, 1);
    }
    if (this.#take(".") || this.#match(TOKEN)) return ["terminal"];
    if (this.#text[this.#position] === "<" || this.#text[this.#position] === "!") {
      throw this.#error("expected a token as <[id]>");
    }
    const start = this.#position;
    const reference = this.#match(WORD)?.[0];
    if (reference !== undefined) {
      if (!this.#mentions.has(reference)) this.#mentions.set(reference, start);
      this.#names.add(reference);
      return [{ rule: reference }];
    }
    if (!this.#take("(")) return undefined;
    this.#space(true);
    const group = this.#make(name);
    this.rules.set(group, this.#alternatives(name, true));
    if (!this.#take(")")) throw this.#error('expected ")"');
    return [{ rule: group }];
  }

  #characters(end: string): GbnfSymbol[] {
    const symbols: GbnfSymbol[] = [];
    const start = this.#position - 1;
    while (!this.#take(end)) {
      if (this.#position >= this.#text.length) {
        throw this.#error(`there is no ${JSON.stringify(end)} to end what begins here`, start);
      }
      if (!this.#match(CHARACTER)) throw this.#error("unknown escape");
      symbols.push("terminal");
    }
    return symbols;
  }

  #repetition(): { readonly least: number; readonly most: number } | undefined {
    if (this.#take("*")) return { least: 0, most: Number.POSITIVE_INFINITY };
    if (this.#take("+")) return { least: 1, most: Number.POSITIVE_INFINITY };
    if (this.#take("?")) return { least: 0, most: 1 };
    if (this.#text[this.#position] !== "{") return undefined;
    const start = this.#position;
    const match = this.#match(REPETITION);
    if (!match) throw this.#error("expected {n}, {n,} or {n,m}");
    const least = Number(match[1]);
    const written = match[2] === undefined ? least : Number(match[3] ?? Number.POSITIVE_INFINITY);
    const most = written > MOST_REPETITIONS ? Number.POSITIVE_INFINITY : written;
    if (least > MOST_REPETITIONS || most < least) {
      throw this.#error(
        `cannot repeat ${least} times or more${most < least ? `, but at most ${most}` : ""}`,
        start,
      );
    }
    return { least, most };
  }

  /** Writes a repetition out as llama.cpp does, and returns how many rules it stands for. */
  #repeat(
    name: string,
    symbols: GbnfSymbol[],
    start: number,
    rules: number,
    { least, most }: { readonly least: number; readonly most: number },
  ): number {
    const written = Number.isFinite(most) && most > 0 ? most : Math.max(1, least);
    if (rules * written >= MOST_REPETITIONS) {
      throw this.#error(`a repetition is too long: its parts make ${rules * written} rules`);
    }
    const repeated = symbols.slice(start);
    if (least === 0) symbols.length = start;
    for (let time = 1; time < least; time++) symbols.push(...repeated);
    const optional = Number.isFinite(most) ? most - least : 1;
    let next: string | undefined;
    for (let time = 0; time < optional; time++) {
      const rule = this.#make(name);
      const following = Number.isFinite(most) ? next : rule;
      const tail = following === undefined ? [] : [{ rule: following }];
      this.rules.set(rule, [[...repeated, ...tail], []]);
      next = rule;
    }
    if (next !== undefined) symbols.push({ rule: next });
    return rules * written;
  }

  /** The name of a rule for a part of another one; no written name has a space. */
  #make(name: string): string {
    const made = `${name} ${this.#names.size}`;
    this.#names.add(made);
    return made;
  }

  #space(withLines: boolean): void {
    this.#match(withLines ? SPACE_AND_LINES : SPACE);
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#position)) return false;
    this.#position += text.length;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (!match) return undefined;
    this.#position = pattern.lastIndex;
    return match;
  }

  #error(reason: string, position: number = this.#position): GbnfSyntaxError {
    const before = this.#text.slice(0, position).split("\n");
    const column = (before.at(-1)?.length ?? 0) + 1;
    return new GbnfSyntaxError(`${reason}, in line ${before.length}, column ${column}`);
  }
}
